"""The KMS keys, their policies, and the use of one by every data store."""

from __future__ import annotations

from typing import Any

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


KEYS = ("Encryption/Key", "Encryption/MonitoringKey")


@pytest.mark.parametrize("path", KEYS)
def test_the_key_rotates_and_outlives_the_stack(template: Template, path: str) -> None:
    key = template.resource(path)
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["RotationPeriodInDays"] == 365
    assert key["Properties"]["PendingWindowInDays"] == 30
    policies = (key["DeletionPolicy"], key["UpdateReplacePolicy"])
    assert policies == ("RetainExceptOnCreate", "Retain")


def test_the_alias_is_named_after_the_stack(template: Template) -> None:
    assert template.properties("Encryption/Alias")["AliasName"] == "alias/catalog-sample"


def services(
    template: Template, path: str = "Encryption/MonitoringKey"
) -> dict[str, list[tuple[Any, dict[str, Any]]]]:
    """Return the actions of AWS services with a key, and the condition for each of them."""
    found: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
    for statement in template.statements(path):
        if service := statement["Principal"].get("Service"):
            found.setdefault(service, []).append((statement["Action"], statement["Condition"]))
    return found


LOGS = "logs.eu-west-1.amazonaws.com"
OTHER_SERVICES = {
    "Encryption/Key": set[str](),
    "Encryption/MonitoringKey": {"cloudwatch.amazonaws.com", "cloudtrail.amazonaws.com"},
}


@pytest.mark.parametrize("path", KEYS)
def test_services_may_use_the_key_for_this_account_only(template: Template, path: str) -> None:
    found = services(template, path)
    assert set(found) == {LOGS} | OTHER_SERVICES[path]
    ((_, condition),) = found[LOGS]
    assert condition == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-west-1:123456789012:log-group:*"
            )
        }
    }
    for statements in found.values():
        assert all("123456789012" in str(condition) for _, condition in statements)


def test_cloudtrail_may_describe_the_key_without_an_encryption_context(template: Template) -> None:
    (encrypt, with_context), (describe, without) = services(template)["cloudtrail.amazonaws.com"]
    assert (encrypt, describe) == ("kms:GenerateDataKey*", "kms:DescribeKey")
    trails = {"aws:SourceArn": "arn:aws:cloudtrail:eu-west-1:123456789012:trail/*"}
    assert with_context["ArnLike"] == without["ArnLike"] == trails
    assert set(with_context) == {"ArnLike", "StringLike"}
    assert set(without) == {"ArnLike"}


def test_only_operations_with_an_encryption_context_are_bound_to_one(template: Template) -> None:
    """https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html lists them."""
    cryptographic = ("Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey")
    for statements in services(template).values():
        for action, condition in statements:
            if "kms:EncryptionContext" in str(condition):
                for name in [action] if isinstance(action, str) else action:
                    assert name.removeprefix("kms:").rstrip("*") in cryptographic, name


def test_without_a_trail_cloudtrail_may_not_use_the_key(minimal: Template) -> None:
    assert "cloudtrail.amazonaws.com" not in services(minimal)


@pytest.mark.parametrize("path", KEYS)
def test_the_key_depends_on_no_other_resource(template: Template, path: str) -> None:
    assert "Fn::GetAtt" not in str(template.resource(path))
    assert "'Ref'" not in str(template.resource(path))


MONITORING = {
    "Logs/Trail": "KmsKeyId",
    "Alarms/Topic": "KmsMasterKeyId",
    "Alarms/WarningTopic": "KmsMasterKeyId",
    "Audit/Trail": "KMSKeyId",
}


@pytest.mark.parametrize("path", MONITORING)
def test_what_reports_an_unusable_key_needs_another_one(template: Template, path: str) -> None:
    """Otherwise no alarm could say that the key of the stores is disabled."""
    value = template.properties(path)[MONITORING[path]]
    assert value == template.arn("Encryption/MonitoringKey")


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("Stream/Stream", "StreamEncryption.KeyId"),
        ("Database/Instance", "KmsKeyId"),
        ("Database/Instance", "PerformanceInsightsKMSKeyId"),
        ("Database/Secret", "KmsKeyId"),
        ("Backup/Vault", "EncryptionKeyArn"),
        ("Database/Rotation/Function", "KmsKeyArn"),
        ("Logs/Rotation", "KmsKeyId"),
        ("Logs/DatabasePostgresql", "KmsKeyId"),
        ("Logs/DatabaseUpgrade", "KmsKeyId"),
        ("Logs/DatabaseProxy", "KmsKeyId"),
        ("Cache/Group", "KmsKeyId"),
        ("Cache/Secret", "KmsKeyId"),
        ("DeadLetters/Queue", "KmsMasterKeyId"),
        ("Logs/Processor", "KmsKeyId"),
        ("Logs/Schema", "KmsKeyId"),
        ("Logs/Flow", "KmsKeyId"),
        ("Processor/Function", "KmsKeyArn"),
        ("Database/Schema/Function", "KmsKeyArn"),
    ],
)
def test_every_store_is_encrypted_with_the_key(template: Template, path: str, key: str) -> None:
    value = template.properties(path)
    for part in key.split("."):
        value = value[part]
    assert value == template.arn("Encryption/Key")


@pytest.mark.parametrize("bucket", ["Archive/Bucket", "DeadLetters/Bucket"])
def test_buckets_use_bucket_keys(template: Template, bucket: str) -> None:
    (rule,) = template.properties(bucket)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": template.arn("Encryption/Key"),
    }


# Resource types with data or secrets, and the property that names their key.
ENCRYPTED = {
    "AWS::Backup::BackupVault": "EncryptionKeyArn",
    "AWS::CloudTrail::Trail": "KMSKeyId",
    "AWS::ElastiCache::ReplicationGroup": "KmsKeyId",
    "AWS::Kinesis::Stream": "StreamEncryption",
    "AWS::Lambda::Function": "KmsKeyArn",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SecretsManager::Secret": "KmsKeyId",
}


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_every_encryptable_resource_type_is_covered(maximal: Template, kind: str) -> None:
    found = maximal.all_of(kind)
    assert found
    for logical_id, properties in found.items():
        path = next(path for path, each in maximal.logical_ids.items() if each == logical_id)
        key = "Encryption/MonitoringKey" if path in MONITORING else "Encryption/Key"
        assert maximal.logical_ids[key] in str(properties[ENCRYPTED[kind]]), logical_id


def test_replicas_inherit_the_key_of_their_source(maximal: Template) -> None:
    keyless = [
        properties
        for properties in maximal.all_of("AWS::RDS::DBInstance").values()
        if "KmsKeyId" not in properties
    ]
    assert len(keyless) == 2
    assert all("SourceDBInstanceIdentifier" in properties for properties in keyless)


def test_backup_role_can_use_but_not_manage_the_key(
    template: Template,
) -> None:
    assert template.actions("Backup/Role/DefaultPolicy") == {
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:GenerateDataKey",
    }
    (grants,) = (
        statement
        for statement in template.statements("Backup/Role/DefaultPolicy")
        if statement["Action"] == "kms:CreateGrant"
    )
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@pytest.mark.parametrize("path", KEYS)
def test_only_aws_services_create_grants_for_the_key(template: Template, path: str) -> None:
    (refused,) = (
        statement for statement in template.statements(path) if statement["Effect"] == "Deny"
    )
    assert refused["Action"] == "kms:CreateGrant"
    assert refused["Condition"] == {
        "BoolIfExists": {
            "aws:PrincipalIsAWSService": "false",
            "kms:GrantIsForAWSResource": "false",
        }
    }
