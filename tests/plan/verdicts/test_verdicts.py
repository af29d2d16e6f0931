"""Every row of the table of verdicts bites, and stays quiet beside it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from catalog_platform.aws.refused_updates.update import ResourceUpdate, StackUpdate
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts import ROWS, judge
from catalog_platform.plan.verdicts.decided import DECIDED
from catalog_platform.plan.verdicts.row import Row

DATABASE = "AWS::RDS::DBInstance"
PROXY = "AWS::RDS::DBProxy"
CACHE = "AWS::ElastiCache::ReplicationGroup"
STREAM = "AWS::Kinesis::Stream"
BUCKET = "AWS::S3::Bucket"
QUEUE = "AWS::SQS::Queue"
KEY = "AWS::KMS::Key"
TRAIL = "AWS::CloudTrail::Trail"
MAPPING = "AWS::Lambda::EventSourceMapping"

Properties = dict[str, Any]


def update(kind: str, old: Properties, new: Properties) -> ResourceUpdate:
    """Return the update of one resource in place."""
    sides = tuple({"Resources": {"R": {"Type": kind, "Properties": each}}} for each in (old, new))
    stack = StackUpdate.between(*sides)
    return ResourceUpdate(stack, "R", stack.base["R"], stack.head["R"])


def verdicts(kind: str, old: Properties, new: Properties) -> set[str]:
    """Return the verdicts that are given for one resource."""
    return {each.verdict.value for each in judge(update(kind, old, new))}


def lock(mode: str, days: int) -> Properties:
    """Return the Object Lock configuration of a bucket."""
    retention = {"Mode": mode, "Days": days}
    return {"ObjectLockConfiguration": {"Rule": {"DefaultRetention": retention}}}


def lifecycle(**rule: object) -> Properties:
    """Return a lifecycle configuration with one enabled rule."""
    rules = [{"Id": "Retention", "Status": "Enabled", **rule}]
    return {"LifecycleConfiguration": {"Rules": rules}}


def plan(**lifecycles: int | None) -> Properties:
    """Return a backup plan that keeps the backups of each rule for some days."""
    rules = [
        {"RuleName": name, **({"Lifecycle": {"DeleteAfterDays": days}} if days else {})}
        for name, days in lifecycles.items()
    ]
    return {"BackupPlan": {"BackupPlanRule": rules}}


def policy(*statements: Properties, name: str = "PolicyDocument") -> Properties:
    """Return a property with a policy document."""
    return {name: {"Statement": list(statements)}}


ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*"}
LIMITED = {**ALLOW, "Condition": {"StringEquals": {"aws:PrincipalAccount": "111111111111"}}}
DENY = {"Effect": "Deny", "Action": "s3:*", "Principal": "*"}
OPEN_BLOCK = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": False}}
CLOSED_BLOCK = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}

Case = tuple[str, Properties, Properties, str]
BITES: list[Case] = [
    (DATABASE, {"DBInstanceClass": "a"}, {"DBInstanceClass": "b"}, "interrupts"),
    (DATABASE, {"EngineVersion": "17.9"}, {"EngineVersion": "17.10"}, "interrupts"),
    (
        DATABASE,
        {"EngineVersion": "17.9"},
        {"EngineVersion": "18.1", "AllowMajorVersionUpgrade": True},
        "irreversible",
    ),
    (DATABASE, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 34}, "lost"),
    (DATABASE, {"BackupRetentionPeriod": 35}, {"BackupRetentionPeriod": 0}, "lost"),
    (DATABASE, {"BackupRetentionPeriod": 35}, {}, "lost"),
    (DATABASE, {"BackupRetentionPeriod": 0}, {"BackupRetentionPeriod": 7}, "interrupts"),
    (DATABASE, {"MultiAZ": True}, {"MultiAZ": False}, "unprotected"),
    (DATABASE, {"DeletionProtection": True}, {}, "unprotected"),
    (DATABASE, {"PubliclyAccessible": False}, {"PubliclyAccessible": True}, "unprotected"),
    (DATABASE, {"DBParameterGroupName": "a"}, {"DBParameterGroupName": "b"}, "interrupts"),
    (DATABASE, {"Port": "5432"}, {"Port": "5433"}, "interrupts"),
    (DATABASE, {"CACertificateIdentifier": "a"}, {"CACertificateIdentifier": "b"}, "interrupts"),
    (DATABASE, {"MasterUserPassword": "a"}, {"MasterUserPassword": "b"}, "at_risk"),
    (DATABASE, {"SourceDBInstanceIdentifier": "a"}, {}, "irreversible"),
    (DATABASE, {"DBSnapshotIdentifier": "a"}, {}, "at_risk"),
    (PROXY, {"Auth": [1]}, {"Auth": [2]}, "interrupts"),
    (PROXY, {"DefaultAuthScheme": "IAM_AUTH"}, {"DefaultAuthScheme": "NONE"}, "interrupts"),
    ("AWS::RDS::DBParameterGroup", {"Parameters": {"a": "1"}}, {"Parameters": {}}, "interrupts"),
    (PROXY, {"RequireTLS": True}, {"RequireTLS": False}, "unprotected"),
    (PROXY, {"DebugLogging": False}, {"DebugLogging": True}, "unprotected"),
    (
        "AWS::RDS::DBProxyTargetGroup",
        {"DBInstanceIdentifiers": ["a"]},
        {"DBInstanceIdentifiers": ["b"]},
        "interrupts",
    ),
    (CACHE, {"CacheNodeType": "a"}, {"CacheNodeType": "b"}, "interrupts"),
    (CACHE, {"EngineVersion": "8.1"}, {"EngineVersion": "8.2"}, "interrupts"),
    (CACHE, {"Engine": "redis"}, {"Engine": "valkey"}, "irreversible"),
    (CACHE, {"ReplicasPerNodeGroup": 1}, {"ReplicasPerNodeGroup": 0}, "unprotected"),
    (CACHE, {"ReplicasPerNodeGroup": 1}, {"ReplicasPerNodeGroup": 2}, "at_risk"),
    (CACHE, {"AutomaticFailoverEnabled": True}, {}, "unprotected"),
    (CACHE, {"MultiAZEnabled": True}, {"MultiAZEnabled": False}, "unprotected"),
    (CACHE, {"SnapshotRetentionLimit": 7}, {"SnapshotRetentionLimit": 1}, "lost"),
    (CACHE, {"SnapshotRetentionLimit": 7}, {"SnapshotRetentionLimit": 0}, "lost"),
    (CACHE, {"ClusterMode": "disabled"}, {"ClusterMode": "compatible"}, "interrupts"),
    (CACHE, {"ClusterMode": "compatible"}, {"ClusterMode": "enabled"}, "irreversible"),
    (
        CACHE,
        {"TransitEncryptionMode": "required"},
        {"TransitEncryptionMode": "preferred"},
        "unprotected",
    ),
    (
        CACHE,
        {"TransitEncryptionEnabled": True},
        {"TransitEncryptionEnabled": False},
        "unprotected",
    ),
    (CACHE, {"AuthToken": "${One}"}, {"AuthToken": "${Other}"}, "at_risk"),
    (STREAM, {"RetentionPeriodHours": 168}, {"RetentionPeriodHours": 24}, "lost"),
    (STREAM, {"StreamEncryption": {"KeyId": "k"}}, {}, "unprotected"),
    (BUCKET, lifecycle(ExpirationInDays=90), lifecycle(ExpirationInDays=89), "lost"),
    (BUCKET, {}, lifecycle(ExpirationInDays=90), "lost"),
    (
        BUCKET,
        lifecycle(NoncurrentVersionExpiration={"NoncurrentDays": 90}),
        lifecycle(NoncurrentVersionExpiration={"NoncurrentDays": 30}),
        "lost",
    ),
    (
        BUCKET,
        {"VersioningConfiguration": {"Status": "Enabled"}},
        {"VersioningConfiguration": {"Status": "Suspended"}},
        "unprotected",
    ),
    (BUCKET, lock("GOVERNANCE", 9), lock("COMPLIANCE", 9), "irreversible"),
    (BUCKET, lock("COMPLIANCE", 9), lock("GOVERNANCE", 9), "unprotected"),
    (BUCKET, lock("GOVERNANCE", 9), lock("GOVERNANCE", 8), "unprotected"),
    (BUCKET, lock("GOVERNANCE", 9), {}, "unprotected"),
    (BUCKET, {}, {"ObjectLockEnabled": True}, "at_risk"),
    (BUCKET, CLOSED_BLOCK, OPEN_BLOCK, "unprotected"),
    (BUCKET, CLOSED_BLOCK, {}, "unprotected"),
    (BUCKET, {"BucketEncryption": {"A": 1}}, {}, "unprotected"),
    (BUCKET, {"LoggingConfiguration": {"A": 1}}, {}, "unprotected"),
    (QUEUE, {"MessageRetentionPeriod": 10}, {"MessageRetentionPeriod": 9}, "lost"),
    (QUEUE, {"KmsMasterKeyId": "k"}, {}, "unprotected"),
    (KEY, {"EnableKeyRotation": True}, {"EnableKeyRotation": False}, "unprotected"),
    (KEY, {"PendingWindowInDays": 30}, {"PendingWindowInDays": 7}, "unprotected"),
    (
        "AWS::SecretsManager::Secret",
        {"GenerateSecretString": {"A": 1}},
        {"GenerateSecretString": {"A": 2}},
        "at_risk",
    ),
    ("AWS::Logs::LogGroup", {"RetentionInDays": 365}, {"RetentionInDays": 30}, "lost"),
    ("AWS::Logs::LogGroup", {}, {"RetentionInDays": 3653}, "lost"),
    ("AWS::Logs::LogGroup", {"KmsKeyId": "k"}, {}, "unprotected"),
    ("AWS::Backup::BackupPlan", plan(daily=35), plan(daily=34), "unprotected"),
    ("AWS::Backup::BackupPlan", plan(daily=None), plan(daily=99), "unprotected"),
    ("AWS::Backup::BackupPlan", plan(daily=35, weekly=99), plan(daily=35), "unprotected"),
    *(
        (TRAIL, {name: True}, {}, "unprotected")
        for name in (
            "IsLogging",
            "EnableLogFileValidation",
            "IsMultiRegionTrail",
            "IncludeGlobalServiceEvents",
            "KMSKeyId",
            "EventSelectors",
        )
    ),
    ("AWS::SNS::Topic", {"KmsMasterKeyId": "k"}, {}, "unprotected"),
    ("AWS::Lambda::Function", {}, {"ReservedConcurrentExecutions": 0}, "interrupts"),
    (MAPPING, {"Enabled": True}, {"Enabled": False}, "interrupts"),
    (MAPPING, {"DestinationConfig": {"OnFailure": "arn"}}, {}, "unprotected"),
    ("AWS::Lambda::Url", {"AuthType": "AWS_IAM"}, {"AuthType": "NONE"}, "unprotected"),
    ("AWS::EC2::VPC", {"EnableDnsSupport": True}, {"EnableDnsSupport": False}, "at_risk"),
    ("AWS::EC2::VPCEndpoint", {"PrivateDnsEnabled": True}, {}, "interrupts"),
    *(
        (kind, policy(*old, name=name), policy(*new, name=name), "unprotected")
        for kind, name in (
            ("AWS::IAM::Policy", "PolicyDocument"),
            ("AWS::IAM::ManagedPolicy", "PolicyDocument"),
            ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
            ("AWS::S3::BucketPolicy", "PolicyDocument"),
            ("AWS::SQS::QueuePolicy", "PolicyDocument"),
            ("AWS::SNS::TopicPolicy", "PolicyDocument"),
            ("AWS::KMS::Key", "KeyPolicy"),
            ("AWS::EC2::VPCEndpoint", "PolicyDocument"),
        )
        for old, new in (([LIMITED, DENY], [LIMITED]), ([LIMITED], [LIMITED, ALLOW]))
    ),
]
QUIET: list[tuple[str, Properties, Properties]] = [
    (DATABASE, {"BackupRetentionPeriod": 7}, {"BackupRetentionPeriod": 35}),
    (DATABASE, {"AllocatedStorage": "100"}, {"AllocatedStorage": "200"}),
    (DATABASE, {"MultiAZ": False}, {"MultiAZ": True}),
    (DATABASE, {}, {"DeletionProtection": True}),
    (DATABASE, {"PubliclyAccessible": True}, {"PubliclyAccessible": False}),
    (DATABASE, {"PreferredBackupWindow": "a"}, {"PreferredBackupWindow": "b"}),
    (PROXY, {"RequireTLS": False}, {"RequireTLS": True}),
    (DATABASE, {}, {"PerformanceInsightsKMSKeyId": "k"}),
    (CACHE, {"SnapshotRetentionLimit": 1}, {"SnapshotRetentionLimit": 7}),
    (STREAM, {"RetentionPeriodHours": 24}, {"RetentionPeriodHours": 168}),
    (STREAM, {"ShardCount": 4}, {"ShardCount": 8}),
    (BUCKET, lifecycle(ExpirationInDays=90), lifecycle(ExpirationInDays=91)),
    (BUCKET, lifecycle(ExpirationInDays=90), {}),
    (BUCKET, lock("GOVERNANCE", 9), lock("GOVERNANCE", 10)),
    (BUCKET, {}, lock("GOVERNANCE", 9)),
    (BUCKET, OPEN_BLOCK, CLOSED_BLOCK),
    (QUEUE, {"MessageRetentionPeriod": 9}, {"MessageRetentionPeriod": 10}),
    (KEY, {"PendingWindowInDays": 7}, {"PendingWindowInDays": 30}),
    ("AWS::Logs::LogGroup", {"RetentionInDays": 30}, {}),
    ("AWS::Logs::LogGroup", {"RetentionInDays": 30}, {"RetentionInDays": 365}),
    ("AWS::Backup::BackupPlan", plan(daily=35), plan(daily=36)),
    ("AWS::Backup::BackupPlan", plan(daily=35), plan(daily=None)),
    ("AWS::Lambda::Function", {"MemorySize": 512}, {"MemorySize": 1024}),
    ("AWS::S3::BucketPolicy", policy(LIMITED), policy(LIMITED, DENY)),
    ("AWS::S3::BucketPolicy", policy(ALLOW), policy(LIMITED)),
]


def _title(case: Case) -> str:
    kind, old, new, verdict = case
    return f"{kind.rpartition(':')[2]} {'-'.join({**old, **new})} {verdict}"


@pytest.mark.parametrize("case", BITES, ids=_title)
def test_a_row_bites(case: Case) -> None:
    kind, old, new, verdict = case
    assert verdict in verdicts(kind, old, new)


@pytest.mark.parametrize(("kind", "old", "new"), QUIET)
def test_the_harmless_direction_is_safe(kind: str, old: Properties, new: Properties) -> None:
    assert verdicts(kind, old, new) == {"safe"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.type} {row.property} {row.verdict}")
def test_every_row_has_a_case(row: Row) -> None:
    assert any(row.concerns(update(kind, old, new)) for kind, old, new, _ in BITES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.type} {row.property} {row.verdict}")
def test_every_row_is_of_a_decided_type_and_has_a_source(row: Row) -> None:
    assert row.type in DECIDED
    assert row.source.startswith("https://docs.aws.amazon.com/")
    assert row.verdict is not Verdict.SAFE
    assert datetime.date.fromisoformat(row.checked)


def test_nothing_is_called_safe_of_a_type_that_was_not_decided() -> None:
    assert verdicts("AWS::DynamoDB::Table", {"A": 1}, {"A": 2}) == {"at_risk"}


def test_what_aws_refuses_is_rejected() -> None:
    assert "rejected" in verdicts(DATABASE, {"AllocatedStorage": "9"}, {"AllocatedStorage": "8"})


def test_a_function_behind_a_custom_resource_is_called_again() -> None:
    found = judge(update("Custom::Schema", {"Digest": "a"}, {"Digest": "b"}))
    assert [each.explanation for each in found] == [
        "its function is called again with the new properties"
    ]
