from __future__ import annotations

from dataclasses import replace

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.scanned_stack import ScannedStack

OWN = "111111111111"


def resource(logical_id: str, type: str) -> Resource:  # noqa: A002 - the resource's
    return Resource(
        logical_id=logical_id, type=type, path="", attributes={}, account=OWN, region="eu-west-1"
    )


RESOURCES = {each.logical_id: each for each in (resource("A", "Bucket"), resource("B", "Queue"))}
STACK = ScannedStack(RESOURCES["A"], RESOURCES)


def test_resources_are_selected_by_type_and_by_reference() -> None:
    assert [each.logical_id for each in STACK.of_type("Queue", "Topic")] == ["B"]
    assert STACK.referenced([{"Ref": "B"}, {"Ref": "Parameter"}]) == {"B"}
    assert STACK.refers_here({"Fn::GetAtt": ["A", "Arn"]})
    assert not STACK.refers_here({"Ref": "B"})


def test_a_stack_is_an_environment_unless_its_reader_says_otherwise() -> None:
    assert STACK.is_environment
    assert not ScannedStack(replace(RESOURCES["A"], is_sample=True), RESOURCES).is_environment


def test_texts_have_the_account_and_region_of_the_stack() -> None:
    arn = {
        "Fn::Sub": "arn:${AWS::Partition}:sqs:${AWS::Region}:${AWS::AccountId}:q.${AWS::URLSuffix}"
    }
    assert STACK.texts(arn) == (f"arn:aws:sqs:eu-west-1:{OWN}:q.amazonaws.com",)
    assert STACK.texts({"Ref": "AWS::AccountId"}) == (OWN,)


@pytest.mark.parametrize(
    "text",
    [OWN, f"arn:aws:iam::{OWN}:root", f"arn:aws:logs:*:{OWN}:log-group:*", "${A}", "${B.Arn}/*"],
)
def test_the_account_owns(text: str) -> None:
    assert STACK.owns(text)


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "",
        "222222222222",
        "arn:aws:iam::222222222222:root",
        "arn:aws:iam::*:root",
        "arn:aws:iam::1111*:root",
        "arn:aws:s3:::bucket",
        "${Parameter}",
        "${unknown}",
        "${aws:username}",
        f"x{OWN}",
        f"x:aws:iam::{OWN}:root",
    ],
)
def test_the_account_does_not_own(text: str) -> None:
    assert not STACK.owns(text)


def test_without_an_account_nothing_is_owned_but_resources() -> None:
    alone = Resource(logical_id="A", type="Bucket", path="", attributes={})
    stack = ScannedStack(alone, {"A": alone})
    assert not stack.owns("")
    assert not stack.owns(OWN)
    assert stack.owns("${A.Arn}")
