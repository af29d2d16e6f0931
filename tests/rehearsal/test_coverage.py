"""What a rehearsal covers of a change."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.local.launcher import EmulatedType
from catalog_platform.local.overlay import Adjustment
from catalog_platform.rehearsal.coverage import RECORDED, REHEARSED, Coverage, of_change
from embedded_aws.resource_types import TYPES

KNOWN = {name: EmulatedType(name, each.fidelity, each.note) for name, each in TYPES.items()}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": kind, "Properties": properties}


def covered(old: Any, new: Any, *adjustments: Adjustment) -> Coverage:
    base, head = ({"Resources": {"R": each} if each else {}} for each in (old, new))
    return of_change(base, head, KNOWN, adjustments)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::Kinesis::Stream", "ShardCount"),
        ("AWS::Lambda::EventSourceMapping", "BatchSize"),
        ("AWS::Lambda::Function", "Timeout"),
        ("AWS::S3::Bucket", "VersioningConfiguration"),
    ],
)
def test_a_property_with_an_effect_is_rehearsed(kind: str, name: str) -> None:
    found = covered(resource(kind, **{name: 1}), resource(kind, **{name: 2}))
    assert found == Coverage((f"R.{name}",), ())


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("AWS::Lambda::Function", "MemorySize"),
        ("AWS::RDS::DBInstance", "AllocatedStorage"),
        ("AWS::ElastiCache::ReplicationGroup", "NumNodeGroups"),
        ("AWS::EC2::VPC", "CidrBlock"),
        ("AWS::SQS::Queue", "KmsMasterKeyId"),
        ("AWS::Unknown::Type", "Anything"),
    ],
)
def test_a_property_without_an_effect_is_named_with_the_reason(kind: str, name: str) -> None:
    found = covered(resource(kind, **{name: 1}), resource(kind, **{name: 2}))
    assert found.rehearsed == ()
    (missing,) = found.not_rehearsed
    assert (missing.resource, missing.type, missing.properties) == ("R", kind, (name,))
    assert missing.reason


def test_an_added_resource_is_rehearsed_only_when_its_type_is_real() -> None:
    assert covered(None, resource("AWS::SSM::Parameter")).rehearsed == ("R.added",)
    (missing,) = covered(resource("AWS::RDS::DBProxy"), None).not_rehearsed
    assert missing.properties == ("removed",)


def test_a_policy_for_removals_is_not_rehearsed() -> None:
    old = {"Type": "AWS::Kinesis::Stream", "DeletionPolicy": "Retain", "DependsOn": ["A"]}
    found = covered(old, {"Type": "AWS::Kinesis::Stream"})
    assert found.rehearsed == ("R.DependsOn",)
    assert found.not_rehearsed[0].properties == ("DeletionPolicy",)


def test_a_value_that_the_rehearsal_replaces_is_not_rehearsed() -> None:
    kind = "AWS::Kinesis::Stream"
    adjustment = Adjustment("R", "ShardCount", "30", "16", "each shard has its own process")
    found = covered(resource(kind, ShardCount=20), resource(kind, ShardCount=30), adjustment)
    assert found.rehearsed == ()
    assert found.not_rehearsed[0].reason == "16 instead: each shard has its own process"


def test_a_replaced_value_that_stays_the_same_is_not_mentioned() -> None:
    kind = "AWS::Kinesis::Stream"
    adjustment = Adjustment("R", "ShardCount", "30", "16", "each shard has its own process")
    before = resource(kind, ShardCount=30, RetentionPeriodHours=24)
    found = covered(before, resource(kind, ShardCount=30, RetentionPeriodHours=48), adjustment)
    assert found == Coverage(("R.RetentionPeriodHours",), ())


def test_the_lists_of_properties_are_about_types_of_the_table() -> None:
    assert {TYPES[name].fidelity for name in REHEARSED} == {"partly"}
    assert {TYPES[name].fidelity for name in RECORDED} == {"real"}
