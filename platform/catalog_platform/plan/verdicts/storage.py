"""What changes of streams, buckets, queues, keys and secrets do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import (
    Row,
    changes_to,
    decreases,
    mapping,
    mappings,
    switched_off,
    switched_on,
)

STREAM, BUCKET, QUEUE = "AWS::Kinesis::Stream", "AWS::S3::Bucket", "AWS::SQS::Queue"
KEY, SECRET = "AWS::KMS::Key", "AWS::SecretsManager::Secret"
REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
KINESIS = "https://docs.aws.amazon.com/streams/latest/dev"
EXPIRATIONS = (
    "ExpirationInDays",
    "NoncurrentVersionExpiration.NoncurrentDays",
    "NoncurrentVersionExpirationInDays",
)
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


def _rules(update: ResourceUpdate, side: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the enabled lifecycle rules by id."""
    configuration = mapping(side.get("Properties", {}).get("LifecycleConfiguration"))
    return {
        str(rule.get("Id", at)): rule
        for at, rule in enumerate(mappings(configuration.get("Rules")))
        if rule.get("Status") == "Enabled"
    }


def _days(rule: Mapping[str, Any] | None, path: str) -> int | None:
    found: Any = rule or {}
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return number(found)


def _expires_earlier(update: ResourceUpdate) -> bool:
    """Return whether a rule deletes objects earlier than before, or is new and deletes any."""
    old, new = _rules(update, update.old), _rules(update, update.new)
    for name, rule in new.items():
        for path in EXPIRATIONS:
            before, now = _days(old.get(name), path), _days(rule, path)
            if now is not None and (before is None or now < before):
                return True
    return False


def _is_opened(update: ResourceUpdate) -> bool:
    return any(switched_off(f"PublicAccessBlockConfiguration.{each}")(update) for each in BLOCKS)


def _keeps_for_less(update: ResourceUpdate) -> bool:
    path = "ObjectLockConfiguration.Rule.DefaultRetention"
    if switched_off(path)(update):
        return True
    days = [
        (number(mapping(read(path)).get("Days")) or 0)
        + 365 * (number(mapping(read(path)).get("Years")) or 0)
        for read in (update.before, update.after)
    ]
    return days[1] < days[0]


def _becomes_compliance(update: ResourceUpdate) -> bool:
    return changes_to("ObjectLockConfiguration.Rule.DefaultRetention.Mode", "COMPLIANCE")(update)


def _leaves_compliance(update: ResourceUpdate) -> bool:
    path = "ObjectLockConfiguration.Rule.DefaultRetention.Mode"
    return bool(update.before(path) == "COMPLIANCE") and changes_to(path, "GOVERNANCE")(update)


ROWS = (
    Row(
        verdict=Verdict.LOST,
        type=STREAM,
        property="RetentionPeriodHours",
        explanation="records older than the new retention can't be read any more",
        source=f"{KINESIS}/kinesis-extended-retention.html",
        applies=decreases("RetentionPeriodHours"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=STREAM,
        property="StreamEncryption",
        explanation="new records are stored without encryption",
        source=f"{KINESIS}/what-is-sse.html",
        applies=switched_off("StreamEncryption"),
    ),
    Row(
        verdict=Verdict.LOST,
        type=BUCKET,
        property="LifecycleConfiguration",
        explanation="objects, or older versions, are deleted earlier, those that exist included",
        source=f"{S3}/object-lifecycle-mgmt.html",
        applies=_expires_earlier,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="VersioningConfiguration",
        explanation="overwritten and deleted objects are not kept any more",
        source=f"{S3}/Versioning.html",
        applies=lambda update: update.after("VersioningConfiguration.Status") != "Enabled",
    ),
    Row(
        verdict=Verdict.IRREVERSIBLE,
        type=BUCKET,
        property="ObjectLockConfiguration",
        explanation="new objects are locked in compliance mode: no user, the account's root"
        " included, can delete them or shorten their retention",
        source=f"{S3}/object-lock.html",
        applies=_becomes_compliance,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="ObjectLockConfiguration",
        explanation="new objects are locked for a shorter time, or not at all",
        source=f"{S3}/object-lock.html",
        applies=_keeps_for_less,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="ObjectLockConfiguration",
        explanation="people with s3:BypassGovernanceRetention can delete new objects",
        source=f"{S3}/object-lock.html",
        applies=_leaves_compliance,
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=BUCKET,
        property="ObjectLockEnabled",
        explanation="S3 can lock an existing bucket, but CloudFormation's reference says that the"
        " bucket is replaced: the new one would start empty",
        source=f"{REFERENCE}/aws-resource-s3-bucket.html",
        applies=switched_on("ObjectLockEnabled"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="PublicAccessBlockConfiguration",
        explanation="the bucket can be opened to the public",
        source=f"{S3}/access-control-block-public-access.html",
        applies=_is_opened,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="BucketEncryption",
        explanation="new objects are not encrypted with the stack's key any more",
        source=f"{S3}/bucket-encryption.html",
        applies=switched_off("BucketEncryption"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="LoggingConfiguration",
        explanation="accesses are not logged any more",
        source=f"{S3}/ServerLogs.html",
        applies=switched_off("LoggingConfiguration"),
    ),
    Row(
        verdict=Verdict.LOST,
        type=QUEUE,
        property="MessageRetentionPeriod",
        explanation="messages older than the new retention are deleted",
        source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"
        "API_SetQueueAttributes.html",
        applies=decreases("MessageRetentionPeriod"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=QUEUE,
        property="KmsMasterKeyId",
        explanation="new messages are not encrypted with the stack's key any more",
        source="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/"
        "SQSDeveloperGuide/sqs-server-side-encryption.html",
        applies=switched_off("KmsMasterKeyId"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=KEY,
        property="EnableKeyRotation",
        explanation="the key's material is not rotated any more",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
        applies=switched_off("EnableKeyRotation"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=KEY,
        property="PendingWindowInDays",
        explanation="a deletion of the key leaves less time to cancel it",
        source="https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
        applies=decreases("PendingWindowInDays"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=SECRET,
        property="GenerateSecretString",
        explanation="CloudFormation writes a new secret value, and what uses the old one isn't"
        " told",
        source=f"{REFERENCE}/aws-resource-secretsmanager-secret.html",
    ),
)
