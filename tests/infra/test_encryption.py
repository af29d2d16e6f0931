"""The KMS key, its policy and its use by every data store."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_the_key_rotates_and_outlives_the_stack(template: Template) -> None:
    key = template.resource("Encryption/Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["RotationPeriodInDays"] == 365
    assert key["Properties"]["PendingWindowInDays"] == 30
    policies = (key["DeletionPolicy"], key["UpdateReplacePolicy"])
    assert policies == ("RetainExceptOnCreate", "Retain")


def test_the_alias_is_named_after_the_stack(template: Template) -> None:
    assert template.properties("Encryption/Alias")["AliasName"] == "alias/catalog-sample"


def services(template: Template) -> dict[str, dict[str, object]]:
    """Return the conditions under which AWS services may use the key."""
    return {
        statement["Principal"]["Service"]: statement["Condition"]
        for statement in template.statements("Encryption/Key")
        if "Service" in statement["Principal"]
    }


def test_services_may_use_the_key_for_this_account_only(template: Template) -> None:
    found = services(template)
    assert set(found) == {
        "logs.eu-west-1.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "cloudtrail.amazonaws.com",
    }
    assert found["logs.eu-west-1.amazonaws.com"] == {
        "ArnLike": {
            "kms:EncryptionContext:aws:logs:arn": (
                "arn:aws:logs:eu-west-1:123456789012:log-group:*"
            )
        }
    }
    assert all("123456789012" in str(condition) for condition in found.values())


def test_without_a_trail_cloudtrail_may_not_use_the_key(minimal: Template) -> None:
    assert "cloudtrail.amazonaws.com" not in services(minimal)


def test_the_key_depends_on_no_other_resource(template: Template) -> None:
    assert "Fn::GetAtt" not in str(template.resource("Encryption/Key"))
    assert "'Ref'" not in str(template.resource("Encryption/Key"))


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
        ("Logs/Trail", "KmsKeyId"),
        ("Alarms/Topic", "KmsMasterKeyId"),
        ("Alarms/WarningTopic", "KmsMasterKeyId"),
        ("Audit/Trail", "KMSKeyId"),
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
        assert maximal.logical_ids["Encryption/Key"] in str(properties[ENCRYPTED[kind]]), logical_id


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


def test_only_aws_services_create_grants_for_the_key(template: Template) -> None:
    (refused,) = (
        statement
        for statement in template.statements("Encryption/Key")
        if statement["Effect"] == "Deny"
    )
    assert refused["Action"] == "kms:CreateGrant"
    assert refused["Condition"] == {
        "BoolIfExists": {
            "aws:PrincipalIsAWSService": "false",
            "kms:GrantIsForAWSResource": "false",
        }
    }
