from __future__ import annotations

from dataclasses import replace

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.used_stores import holds_data, is_used


def resource(logical_id: str, kind: str, **properties: object) -> Resource:
    return Resource(logical_id=logical_id, type=kind, path="", attributes={}, properties=properties)


STORE = resource("Store", "AWS::Kinesis::Stream")
ARN = {"Fn::GetAtt": ["Store", "Arn"]}


@pytest.mark.parametrize(
    ("user", "used"),
    [
        (resource("A", "AWS::Lambda::Function", Environment={"Variables": {"S": ARN}}), True),
        (resource("B", "AWS::Lambda::EventSourceMapping", EventSourceArn=ARN), True),
        (resource("C", "AWS::Lambda::Function", Description=ARN), False),
        (resource("D", "AWS::CloudWatch::Alarm", Dimensions=[{"Value": ARN}]), False),
    ],
    ids=lambda value: getattr(value, "logical_id", ""),
)
def test_a_store_is_used_if_a_function_knows_it_or_gets_its_records(
    user: Resource, used: bool
) -> None:
    assert is_used(STORE, {"Store": STORE, user.logical_id: user}) == used


def test_every_store_of_an_environment_holds_data() -> None:
    assert holds_data(STORE, {"Store": STORE})
    assert not holds_data(replace(STORE, is_sample=True), {"Store": STORE})
