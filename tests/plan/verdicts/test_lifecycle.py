"""What happens to a resource that is added, removed or replaced, or whose policies change."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates.update import ResourceUpdate, StackUpdate
from catalog_platform.plan.verdicts import judge

DATABASE = "AWS::RDS::DBInstance"
REPLICA = {"SourceDBInstanceIdentifier": "arn"}
CACHE = "AWS::ElastiCache::ReplicationGroup"


def removal(kind: str, policy: str = "Delete", **properties: Any) -> str:
    """Return the verdict of removing a resource."""
    resource = {"Type": kind, "Properties": properties, "DeletionPolicy": policy}
    stack = StackUpdate.between({"Resources": {"R": resource}}, {"Resources": {}})
    (update,) = stack.updates
    return max(judge(update), key=lambda each: each.verdict.rank).verdict.value


@pytest.mark.parametrize(
    ("kind", "policy", "properties", "verdict"),
    [
        ("AWS::Kinesis::Stream", "Retain", {}, "orphaned"),
        ("AWS::Kinesis::Stream", "RetainExceptOnCreate", {}, "orphaned"),
        ("AWS::Kinesis::Stream", "Delete", {}, "lost"),
        ("AWS::SQS::Queue", "Delete", {}, "lost"),
        ("AWS::KMS::Key", "Delete", {}, "lost"),
        ("AWS::Logs::LogGroup", "Delete", {}, "lost"),
        ("AWS::S3::Bucket", "Delete", {}, "orphaned"),
        ("AWS::Backup::BackupVault", "Delete", {}, "orphaned"),
        (DATABASE, "Snapshot", {}, "at_risk"),
        (DATABASE, "Delete", {}, "lost"),
        (DATABASE, "Snapshot", {"DeletionProtection": True}, "orphaned"),
        (DATABASE, "Delete", REPLICA, "interrupts"),
        (DATABASE, "Delete", {**REPLICA, "DeletionProtection": "true"}, "orphaned"),
        (CACHE, "Delete", {}, "interrupts"),
        (CACHE, "Snapshot", {}, "at_risk"),
        ("AWS::CloudTrail::Trail", "Delete", {}, "unprotected"),
        ("AWS::SecretsManager::RotationSchedule", "Delete", {}, "unprotected"),
        ("AWS::S3::BucketPolicy", "Delete", {}, "unprotected"),
        ("AWS::SQS::QueuePolicy", "Delete", {}, "unprotected"),
        ("AWS::SNS::TopicPolicy", "Delete", {}, "unprotected"),
        ("AWS::RDS::DBProxy", "Delete", {}, "interrupts"),
        ("AWS::CloudWatch::Alarm", "Delete", {}, "safe"),
    ],
)
def test_a_removal_is_judged_by_the_deployed_policy_and_what_is_in_it(
    kind: str, policy: str, properties: dict[str, Any], verdict: str
) -> None:
    assert removal(kind, policy, **properties) == verdict


def replacement(kind: str, name: str, policy: str, **properties: Any) -> str:
    """Return the verdict of a replacement by a change of `name`."""
    sides = (
        {
            "Resources": {
                "R": {
                    "Type": kind,
                    "Properties": {**properties, name: value},
                    "UpdateReplacePolicy": policy,
                }
            }
        }
        for value in ("a", "b")
    )
    stack = StackUpdate.between(*sides)
    (update,) = stack.updates
    return max(judge(update), key=lambda each: each.verdict.rank).verdict.value


@pytest.mark.parametrize(
    ("kind", "name", "policy", "properties", "verdict"),
    [
        (DATABASE, "DBName", "Snapshot", {}, "at_risk"),
        (DATABASE, "DBName", "Retain", {}, "at_risk"),
        (DATABASE, "DBName", "Delete", {}, "lost"),
        (DATABASE, "DBName", "Snapshot", {"DBInstanceIdentifier": "fixed"}, "rejected"),
        (DATABASE, "DBSubnetGroupName", "Delete", REPLICA, "interrupts"),
        (DATABASE, "DBName", "Delete", {"DeletionProtection": True}, "at_risk"),
        (CACHE, "Port", "Delete", {}, "at_risk"),
        ("AWS::Logs::LogGroup", "LogGroupName", "Retain", {}, "orphaned"),
        ("AWS::Logs::LogGroup", "LogGroupName", "Delete", {}, "lost"),
        ("AWS::EC2::VPC", "CidrBlock", "Delete", {}, "interrupts"),
        ("AWS::IAM::Role", "Path", "Delete", {}, "safe"),
    ],
)
def test_a_replacement_starts_empty(
    kind: str, name: str, policy: str, properties: dict[str, Any], verdict: str
) -> None:
    assert replacement(kind, name, policy, **properties) == verdict


def policies(kind: str, old: str, new: str) -> list[str]:
    """Return the verdicts of a change of both policies."""
    base, head = (
        {"Type": kind, "Properties": {}, "DeletionPolicy": each, "UpdateReplacePolicy": each}
        for each in (old, new)
    )
    stack = StackUpdate.between({"Resources": {"R": base}}, {"Resources": {"R": head}})
    found = judge(ResourceUpdate(stack, "R", base, head))
    return sorted({each.verdict.value for each in found if each.path})


@pytest.mark.parametrize(
    ("kind", "old", "new", "expected"),
    [
        ("AWS::Kinesis::Stream", "Retain", "Delete", ["unprotected"]),
        ("AWS::Kinesis::Stream", "Retain", "RetainExceptOnCreate", ["safe"]),
        ("AWS::Kinesis::Stream", "Delete", "Retain", ["safe"]),
        (DATABASE, "Retain", "Snapshot", ["unprotected"]),
        (DATABASE, "Snapshot", "Delete", ["unprotected"]),
        (DATABASE, "Snapshot", "Retain", ["safe"]),
        ("AWS::IAM::Role", "Retain", "Delete", ["safe"]),
    ],
)
def test_a_weaker_policy_of_what_holds_data_takes_a_protection_away(
    kind: str, old: str, new: str, expected: list[str]
) -> None:
    assert policies(kind, old, new) == expected


def test_an_added_resource_is_safe_and_a_subscription_tells_that_it_waits() -> None:
    head = {"R": {"Type": "AWS::SNS::Subscription", "Properties": {"Endpoint": "a@b.example"}}}
    (update,) = StackUpdate.between({"Resources": {}}, {"Resources": head}).updates
    (found,) = judge(update)
    assert found.verdict.value == "safe"
    assert "confirms" in found.explanation
