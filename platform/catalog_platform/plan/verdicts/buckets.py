"""What changes of buckets do."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import is_true, number
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.bucket_lifecycle import deletes_more
from catalog_platform.plan.verdicts.row import (
    Read,
    Row,
    changes_to,
    mapping,
    mappings,
    switched_off,
    switched_on,
)

BUCKET = "AWS::S3::Bucket"
REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
PUBLIC = ("PublicRead", "PublicReadWrite", "AuthenticatedRead")


def _is_opened(update: ResourceUpdate) -> bool:
    """Return whether a block is taken away; a bucket without a configuration got all of them.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
    """
    blocks = "PublicAccessBlockConfiguration"
    had_default, is_removed = (read(blocks) is None for read in (update.before, update.after))
    return any(
        is_true(update.before(f"{blocks}.{each}")) or (had_default and not is_removed)
        for each in BLOCKS
        if not is_true(update.after(f"{blocks}.{each}"))
    )


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


def _has_kms(read: Read) -> bool:
    rules = mappings(
        mapping(read("BucketEncryption")).get("ServerSideEncryptionConfiguration"),
    )
    defaults = [mapping(each.get("ServerSideEncryptionByDefault")) for each in rules]
    return any(str(each.get("SSEAlgorithm")).startswith("aws:kms") for each in defaults)


ROWS = (
    Row(
        verdict=Verdict.LOST,
        type=BUCKET,
        property="LifecycleConfiguration",
        explanation="objects, or older versions, are deleted earlier, those that exist included",
        source=f"{S3}/object-lifecycle-mgmt.html",
        applies=deletes_more,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="VersioningConfiguration",
        explanation="overwritten and deleted objects are not kept any more",
        source=f"{S3}/Versioning.html",
        applies=lambda update: update.before("VersioningConfiguration.Status") == "Enabled",
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
        applies=lambda update: _has_kms(update.before) and not _has_kms(update.after),
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
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="AccessControl",
        explanation="everybody may read the bucket, if nothing blocks it",
        source=f"{S3}/acl-overview.html",
        applies=lambda update: update.after("AccessControl") in PUBLIC,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=BUCKET,
        property="ReplicationConfiguration",
        explanation="new objects are not copied to the other bucket any more",
        source=f"{S3}/replication.html",
        applies=switched_off("ReplicationConfiguration"),
    ),
)
