"""Constraints of botocore's service models, and the messages of AWS.

https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.model import ShapeResolver, StructureShape

from embedded_aws.emulator.request_validation.constraints import Violations, checker, compiled
from embedded_aws.emulator.request_validation.errors import MalformedError
from support.request_fuzzing import model


def found(service: str, operation: str, parameters: Any) -> list[str]:
    violations = Violations()
    shape = model(service).operation_model(operation).input_shape
    checker(shape)(parameters, "", violations)
    return violations.messages


def test_a_valid_request_has_no_violation() -> None:
    assert found("kinesis", "GetRecords", {"ShardIterator": "x", "Limit": 10_000}) == []


SHORT = "Member must have length greater than or equal to"
LONG = "Member must have length less than or equal to"


@pytest.mark.parametrize(
    ("operation", "parameters", "where", "constraint"),
    [
        ("GetRecords", {}, "Value null at 'shardIterator'", "Member must not be null"),
        (
            "GetRecords",
            {"Limit": 10_001},
            "Value '10001' at 'limit'",
            "less than or equal to 10000",
        ),
        (
            "GetRecords",
            {"Limit": 0},
            "'limit'",
            "Member must have value greater than or equal to 1",
        ),
        ("GetRecords", {"ShardIterator": "x" * 513}, "'shardIterator'", f"{LONG} 512"),
        ("GetRecords", {"ShardIterator": ""}, "Value '' at 'shardIterator'", f"{SHORT} 1"),
        (
            "PutRecord",
            {"ExplicitHashKey": "-1"},
            "Value '-1' at 'explicitHashKey'",
            "expression pattern: ",
        ),
        (
            "GetShardIterator",
            {"ShardIteratorType": "X"},
            "Value 'X'",
            "enum value set: [AT_SEQUENCE",
        ),
        ("PutRecords", {"Records": []}, "Value '[]' at 'records'", f"{SHORT} 1"),
        (
            "PutRecords",
            {"Records": [{"PartitionKey": ""}]},
            "'records.1.member.partitionKey'",
            SHORT,
        ),
        (
            "PutRecords",
            {"Records": [None]},
            "null at 'records.1.member'",
            "Member must not be null",
        ),
        ("AddTagsToStream", {"Tags": {"x" * 129: "y"}}, "'tags.", f"{LONG} 128"),
    ],
)
def test_each_constraint_is_named_as_by_aws(
    operation: str, parameters: Any, where: str, constraint: str
) -> None:
    messages = found("kinesis", operation, parameters)
    assert any(where in message and constraint in message for message in messages)


def test_all_violations_are_reported_together() -> None:
    violations = Violations()
    shape = model("kinesis").operation_model("SplitShard").input_shape
    checker(shape)({"ShardToSplit": ""}, "", violations)
    assert violations.text.startswith("2 validation errors detected: Value")
    assert violations.missing == ["newStartingHashKey"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"ShardIterator": 1},
        {"ShardIterator": "\ud800"},
        {"ShardIterator": "x", "Limit": "1"},
        {"ShardIterator": "x", "Limit": True},
        {"ShardIterator": "x", "Limit": float("nan")},
        {"ShardIterator": "x", "Limit": 10**30},
        [],
    ],
)
def test_a_value_of_the_wrong_type_cannot_be_read(parameters: Any) -> None:
    with pytest.raises(MalformedError):
        found("kinesis", "GetRecords", parameters)


def test_a_blob_must_be_base64() -> None:
    with pytest.raises(MalformedError, match="Base64"):
        found("kinesis", "PutRecord", {"Data": "abc"})


def test_null_members_and_fractions_are_removed() -> None:
    shape = model("kinesis").operation_model("GetRecords").input_shape
    kept = checker(shape)({"ShardIterator": "x", "Limit": 2.7, "StreamARN": None}, "", Violations())
    assert kept == {"ShardIterator": "x", "Limit": 2}


def test_unknown_members_are_ignored_as_by_aws() -> None:
    assert found("kinesis", "GetRecords", {"ShardIterator": "x", "Other": object()}) == []


def test_a_union_has_exactly_one_member() -> None:
    text = {"shape": "Text"}
    shapes = {
        "Choice": {"type": "structure", "union": True, "members": {"A": text, "B": text}},
        "Text": {"type": "string"},
    }
    shape = StructureShape("Choice", shapes["Choice"], ShapeResolver(shapes))
    for parameters, count in (({"A": "x"}, 0), ({}, 1), ({"A": "x", "B": "y"}, 1)):
        violations = Violations()
        checker(shape)(parameters, "choice", violations)
        assert len(violations.messages) == count


def test_sensitive_values_are_not_shown() -> None:
    (message,) = found(
        "secretsmanager", "CreateSecret", {"Name": "x", "SecretString": "y" * 65_537}
    )
    assert message.startswith("Value at 'secretString' failed to satisfy constraint: ")


def test_almost_every_pattern_of_the_patched_services_has_an_equivalent() -> None:
    names = ("kinesis", "lambda", "cloudwatch", "elasticache", "rds", "secretsmanager", "logs")
    missing = [
        (name, shape, source)
        for name in names
        for shape in model(name).shape_names
        if (source := model(name).shape_for(shape).metadata.get("pattern"))
        and compiled(source) is None
    ]
    assert missing == []
