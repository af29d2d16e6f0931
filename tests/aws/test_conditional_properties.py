"""Properties whose change replaces a resource only sometimes."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from catalog_platform.aws.conditional_properties import PROPERTIES, replaces
from catalog_platform.aws.provider_schemas import replacement
from catalog_platform.aws.refused_updates.update import StackUpdate
from catalog_platform.plan.verdicts.decided import DECIDED

DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::ReplicationGroup"
# Nothing that AWS publishes says when these replace, so that they always count as replacements.
WITHOUT_SOURCE = {
    ("AWS::EC2::Subnet", "Ipv6CidrBlock"),
    ("AWS::Lambda::Function", "DurableConfig"),
    ("AWS::SNS::Subscription", "Region"),
}


def test_every_conditional_property_of_every_type_is_decided() -> None:
    listed = {(kind, name) for kind in DECIDED for name in replacement(kind).conditional}
    assert set(PROPERTIES) - listed == {(CACHE, "NumNodeGroups")}
    assert listed <= set(PROPERTIES)


def test_every_decision_has_a_date_and_a_source_or_is_the_worse_one() -> None:
    for key, each in PROPERTIES.items():
        assert datetime.date.fromisoformat(each.checked)
        assert each.source.startswith("https://") or key in WITHOUT_SOURCE
    for kind, name in WITHOUT_SOURCE:
        assert not PROPERTIES[kind, name].source
        assert all(replaces(kind, name, old, new, {}) for old, new in (("a", "b"), ("a", None)))


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "rest", "expected"),
    [
        (DATABASE, "BackupRetentionPeriod", 35, 7, {}, False),
        (DATABASE, "MultiAZ", True, False, {}, False),
        (DATABASE, "DBParameterGroupName", "a", "b", {}, False),
        (DATABASE, "AutoMinorVersionUpgrade", True, False, {}, False),
        (DATABASE, "PreferredMaintenanceWindow", "a", "b", {}, False),
        (DATABASE, "Engine", "postgres", "mysql", {}, True),
        (DATABASE, "PerformanceInsightsKMSKeyId", "key", None, {}, True),
        (DATABASE, "PerformanceInsightsKMSKeyId", "key", "other", {}, True),
        (DATABASE, "PerformanceInsightsKMSKeyId", None, "key", {}, False),
        (DATABASE, "AvailabilityZone", "a", "b", {}, True),
        (DATABASE, "AvailabilityZone", "a", None, {}, True),
        (DATABASE, "AvailabilityZone", "a", None, {"MultiAZ": True}, False),
        (DATABASE, "DBSnapshotIdentifier", None, "snapshot", {}, True),
        (DATABASE, "DBSnapshotIdentifier", "snapshot", "other", {}, True),
        (DATABASE, "DBSnapshotIdentifier", "snapshot", None, {}, False),
        (DATABASE, "SourceDBInstanceIdentifier", "a", "b", {}, True),
        (DATABASE, "SourceDBInstanceIdentifier", "a", None, {}, False),
        (DATABASE, "UseLatestRestorableTime", None, True, {}, True),
        (DATABASE, "UseLatestRestorableTime", True, False, {}, False),
        (DATABASE, "RestoreTime", "t", None, {}, False),
        (CACHE, "AuthToken", None, "token", {}, True),
        (CACHE, "AuthToken", "token", "other", {}, False),
        (CACHE, "AuthToken", "token", None, {}, True),
        (CACHE, "NumNodeGroups", 2, 3, {}, True),
        (CACHE, "NodeGroupConfiguration", [1], [2], {}, True),
        ("AWS::EC2::VPC", "InstanceTenancy", "default", "dedicated", {}, True),
        ("AWS::EC2::VPC", "InstanceTenancy", "dedicated", "default", {}, False),
    ],
)
def test_a_change_replaces_as_its_source_says(
    kind: str, name: str, old: Any, new: Any, rest: dict[str, Any], expected: bool
) -> None:
    def template(value: Any) -> dict[str, Any]:
        properties = {**rest, **({} if value is None else {name: value})}
        return {"Resources": {"R": {"Type": kind, "Properties": properties}}}

    assert ("R" in StackUpdate.between(template(old), template(new)).replaced) is expected


def test_shards_that_are_resharded_online_replace_nothing() -> None:
    resource = {"UpdatePolicy": {"UseOnlineResharding": True}}
    for name in ("NodeGroupConfiguration", "NumNodeGroups"):
        assert not replaces(CACHE, name, [1], [2], resource)


def test_an_undecided_property_replaces() -> None:
    assert replaces("AWS::Other::Type", "Anything", 1, 2, {})
