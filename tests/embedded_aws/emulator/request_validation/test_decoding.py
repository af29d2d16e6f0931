"""Requests of each protocol become the parameters of an operation.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.emulator.request_validation.decoding import Call, Request, decode
from embedded_aws.emulator.request_validation.errors import MalformedError
from support.request_fuzzing import model


def call(service: str, **given: Any) -> Call | None:
    request = {"method": "POST", "path": "/", "headers": {}, "body": b"", "query": {}, **given}
    return decode(model(service), Request(**request))


def kinesis(body: bytes, operation: str = "GetRecords") -> Call | None:
    return call("kinesis", headers={"x-amz-target": f"Kinesis_20131202.{operation}"}, body=body)


def test_json_names_the_operation_in_a_header() -> None:
    found = kinesis(b'{"Limit": 1}')
    assert found is not None
    assert (found.operation.name, found.parameters) == ("GetRecords", {"Limit": 1})


def test_an_unknown_operation_is_left_to_the_emulator() -> None:
    assert kinesis(b"{}", "Unknown") is None


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b'"x"', b"\xff", b"[" * 100_000],
    ids=("open", "list", "text", "bytes", "deep"),
)
def test_broken_json_cannot_be_read(body: bytes) -> None:
    with pytest.raises(MalformedError):
        kinesis(body)


def test_rest_reads_labels_queries_and_the_body() -> None:
    path = "/2015-03-31/event-source-mappings/a%20b"
    found = call("lambda", method="PUT", path=path, body=b'{"BatchSize": 5, "UUID": "other"}')
    assert found is not None
    assert found.parameters == {"UUID": "a b", "BatchSize": 5}
    listed = call("lambda", method="GET", path="/2015-03-31/functions", query={"MaxItems": ["5"]})
    assert listed is not None
    assert (listed.operation.name, listed.parameters) == ("ListFunctions", {"MaxItems": 5})


def test_a_query_has_lists_structures_and_maps() -> None:
    body = (
        b"Action=PutMetricAlarm&AlarmName=a&EvaluationPeriods=2&ActionsEnabled=true"
        b"&AlarmActions.member.1=x&AlarmActions.member.2=y"
        b"&Dimensions.member.1.Name=n&Dimensions.member.1.Value=v"
    )
    found = call("cloudwatch", body=body)
    assert found is not None
    assert found.parameters == {
        "AlarmName": "a",
        "ActionsEnabled": True,
        "AlarmActions": ["x", "y"],
        "Dimensions": [{"Name": "n", "Value": "v"}],
        "EvaluationPeriods": 2,
    }
    topic = b"Action=CreateTopic&Name=t&Attributes.entry.1.key=k&Attributes.entry.1.value=v"
    created = call("sns", body=topic)
    assert created is not None
    assert created.parameters == {"Name": "t", "Attributes": {"k": "v"}}


def test_a_query_of_ec2_spells_members_its_own_way() -> None:
    """https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"""
    body = (
        b"Action=CreateFlowLogs&ResourceId.1=vpc-1&ResourceId.2=vpc-2&ResourceType=VPC"
        b"&TagSpecification.1.ResourceType=vpc-flow-log&TagSpecification.1.Tag.1.Key=k"
    )
    found = call("ec2", body=body)
    assert found is not None
    assert found.parameters == {
        "ResourceIds": ["vpc-1", "vpc-2"],
        "ResourceType": "VPC",
        "TagSpecifications": [{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "k"}]}],
    }


def test_a_time_of_a_query_is_read_in_both_formats_of_aws() -> None:
    operation = b"Action=RestoreDBInstanceToPointInTime&RestoreTime="
    for text in (b"2026-01-02T03:04:05Z", b"Fri%2C%2002%20Jan%202026%2003%3A04%3A05%20GMT"):
        found = call("rds", body=operation + text)
        assert found is not None
        assert found.parameters == {"RestoreTime": 1767323045.0}
    with pytest.raises(MalformedError, match="yesterday is not a timestamp"):
        call("rds", body=operation + b"yesterday")


def test_text_that_is_no_number_cannot_be_read() -> None:
    with pytest.raises(MalformedError):
        call("cloudwatch", body=b"Action=PutMetricAlarm&EvaluationPeriods=x")


def test_text_that_no_response_could_contain_cannot_be_read() -> None:
    with pytest.raises(MalformedError, match="control characters"):
        call("sns", body=b"Action=CreateTopic&Name=%00")
