"""Rules of S3 about Object Lock."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate

BUCKET = "AWS::S3::Bucket"
SOURCE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html"


def _is_unlocked(update: ResourceUpdate) -> bool:
    locked = update.before("ObjectLockEnabled") in (True, "true")
    return locked and update.after("ObjectLockEnabled") not in (True, "true")


def _suspends_versioning(update: ResourceUpdate) -> bool:
    locked = update.before("ObjectLockEnabled") in (True, "true")
    return locked and update.after("VersioningConfiguration.Status") != "Enabled"


RULES = (
    Rule(
        type=BUCKET,
        property="ObjectLockEnabled",
        key="archive.object_lock",
        reason="Object Lock can't be disabled once it is enabled",
        source=SOURCE,
        refuses=_is_unlocked,
    ),
    Rule(
        type=BUCKET,
        property="VersioningConfiguration.Status",
        reason="versioning can't be suspended in a bucket with Object Lock",
        source=SOURCE,
        refuses=_suspends_versioning,
    ),
)
