"""Effects that no resource schema states: at least one case of each kind is found."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.plan.changes import changes
from catalog_platform.plan.stack import Stack

DATABASE = "AWS::RDS::DBInstance"
CACHE = "AWS::ElastiCache::ReplicationGroup"
STREAM = "AWS::Kinesis::Stream"
SUBNET = "AWS::EC2::Subnet"
MAPPING = "AWS::Lambda::EventSourceMapping"
NAMED = {"QueueName": "q"}

Resources = dict[str, tuple[str, dict[str, Any]]]


def verdicts(old: Resources, new: Resources) -> dict[str, str]:
    """Return the verdict of each change by logical id."""
    base, head = (
        Stack(
            template={
                "Resources": {
                    name: {"Type": kind, "Properties": properties}
                    for name, (kind, properties) in side.items()
                }
            },
            account="1",
            region="r",
            is_protected=True,
            paths={},
        )
        for side in (old, new)
    )
    return {each.logical_id: each.verdict.value for each in changes(base, head)}


def one(kind: str, old: dict[str, Any], new: dict[str, Any]) -> tuple[Resources, Resources]:
    """Return the two sides of one resource `R`."""
    return {"R": (kind, old)}, {"R": (kind, new)}


PORT = {"Value": {"Fn::GetAtt": ["D", "Endpoint.Port"]}}
CASES: dict[str, tuple[tuple[Resources, Resources], dict[str, str]]] = {
    "another type under the same logical id": (
        ({"R": ("AWS::SQS::Queue", {})}, {"R": ("AWS::SNS::Topic", {})}),
        {"R": "rejected"},
    ),
    "another function behind a custom resource": (
        one("Custom::Schema", {"ServiceToken": "a"}, {"ServiceToken": "b"}),
        {"R": "rejected"},
    ),
    "a conditional property that replaces": (
        one(DATABASE, {"PerformanceInsightsKMSKeyId": "k"}, {}),
        {"R": "lost"},
    ),
    "a conditional property that doesn't": (
        one(DATABASE, {"PreferredMaintenanceWindow": "a"}, {"PreferredMaintenanceWindow": "b"}),
        {"R": "safe"},
    ),
    "an update that interrupts": (
        one(DATABASE, {"DBInstanceClass": "a"}, {"DBInstanceClass": "b"}),
        {"R": "interrupts"},
    ),
    "a replacement under the same name": (
        one("AWS::SQS::Queue", NAMED, {**NAMED, "FifoQueue": True}),
        {"R": "rejected"},
    ),
    "an addition under a name that is still held": (
        ({"A": ("AWS::SQS::Queue", NAMED)}, {"B": ("AWS::SQS::Queue", NAMED)}),
        {"A": "lost", "B": "rejected"},
    ),
    "an older version": (
        one(DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "17.6"}),
        {"R": "rejected"},
    ),
    "a major version that isn't allowed": (
        one(DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "18.1"}),
        {"R": "rejected"},
    ),
    "a size that can't shrink": (
        one(DATABASE, {"AllocatedStorage": "100"}, {"AllocatedStorage": "50"}),
        {"R": "rejected"},
    ),
    "a size that can't jump": (
        one(STREAM, {"ShardCount": 4}, {"ShardCount": 9}),
        {"R": "rejected"},
    ),
    "a fixed property that no schema calls create-only": (
        one("AWS::KMS::Key", {}, {"MultiRegion": True}),
        {"R": "rejected"},
    ),
    "a second mapping of the same stream": (
        one(
            MAPPING,
            {"EventSourceArn": "s", "FunctionName": "f", "StartingPosition": "LATEST"},
            {"EventSourceArn": "s", "FunctionName": "f", "StartingPosition": "TRIM_HORIZON"},
        ),
        {"R": "rejected"},
    ),
    "a block that overlaps one of a deployed subnet": (
        one(
            SUBNET,
            {"VpcId": "v", "CidrBlock": "10.0.0.0/24"},
            {"VpcId": "v", "CidrBlock": "10.0.0.0/23"},
        ),
        {"R": "rejected"},
    ),
    "a retention that deletes": (
        one(STREAM, {"RetentionPeriodHours": 168}, {"RetentionPeriodHours": 24}),
        {"R": "lost"},
    ),
    "a generated secret": (
        one(
            "AWS::SecretsManager::Secret",
            {"GenerateSecretString": {"PasswordLength": 30}},
            {"GenerateSecretString": {"PasswordLength": 31}},
        ),
        {"R": "at_risk"},
    ),
    "a deployed protection that stops a deletion": (
        ({"R": (DATABASE, {"DeletionProtection": True})}, {}),
        {"R": "orphaned"},
    ),
    "an attribute that moves in place": (
        (
            {"D": (DATABASE, {"Port": "1"}), "P": ("AWS::SSM::Parameter", PORT)},
            {"D": (DATABASE, {"Port": "2"}), "P": ("AWS::SSM::Parameter", PORT)},
        ),
        {"D": "interrupts", "P": "safe"},
    ),
    "a step that needs another one before": (
        one(CACHE, {"ClusterMode": "disabled"}, {"ClusterMode": "enabled"}),
        {"R": "rejected"},
    ),
    "a step without a way back": (
        one(CACHE, {"ClusterMode": "compatible"}, {"ClusterMode": "enabled"}),
        {"R": "irreversible"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_effect_that_no_schema_states_is_found(name: str) -> None:
    sides, expected = CASES[name]
    assert verdicts(*sides) == expected
