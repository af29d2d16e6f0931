"""The key: rotated, kept, and usable by exactly those who need it."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_the_key_rotates_and_outlives_the_stack(template: Template) -> None:
    key = template.resource("Encryption/Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["RotationPeriodInDays"] == 365
    assert key["Properties"]["PendingWindowInDays"] == 30
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"


def test_the_alias_is_named_after_the_stack(template: Template) -> None:
    assert template.properties("Encryption/Alias")["AliasName"] == "alias/catalog-sample"


def services(template: Template) -> dict[str, dict[str, object]]:
    """The conditions under which AWS services may use the key."""
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


def test_the_key_does_not_depend_on_any_other_resource(template: Template) -> None:
    assert "Fn::GetAtt" not in str(template.resource("Encryption/Key"))
    assert "'Ref'" not in str(template.resource("Encryption/Key"))


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("Stream/Stream", "StreamEncryption.KeyId"),
        ("Database/Instance", "KmsKeyId"),
        ("Database/Instance", "PerformanceInsightsKMSKeyId"),
        ("Database/Secret", "KmsKeyId"),
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
def test_buckets_encrypt_with_the_key_at_the_price_of_one_call(
    template: Template, bucket: str
) -> None:
    (rule,) = template.properties(bucket)["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": template.arn("Encryption/Key"),
    }
