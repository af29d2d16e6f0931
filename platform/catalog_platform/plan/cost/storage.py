"""S3 buckets and AWS Backup: both are billed by use only.

https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/backup/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Usage
from catalog_platform.plan.cost.resource import Resource

# Of a storage class: the price of a GB-month, and of moving 1,000 objects there.
CLASSES: Mapping[str, tuple[str, str]] = {
    "INTELLIGENT_TIERING": ("s3.int_frequent", "s3.lifecycle_to_int"),
    "GLACIER": ("s3.glacier_flexible", "s3.lifecycle_to_glacier_flexible"),
    "DEEP_ARCHIVE": ("s3.deep_archive", "s3.lifecycle_to_deep_archive"),
    "STANDARD_IA": ("", "s3.lifecycle_to_sia"),
}


def bucket(resource: Resource) -> Iterator[Dimension]:
    """Yield the storage of a bucket's classes, its transitions and its requests."""
    yield Usage(price="s3.standard", what="objects, and older versions, in Standard")
    yield Usage(price="s3.put_standard", what="writes and listings")
    yield Usage(price="s3.get_standard", what="reads")
    moves = (
        move
        for rule in resource.mappings("LifecycleConfiguration.Rules")
        for move in rule.get("Transitions", [])
    )
    for name in dict.fromkeys(str(move["StorageClass"]) for move in moves):
        stored, moved = CLASSES.get(name, ("", ""))
        yield Usage(price=stored, what=f"objects in {name}")
        yield Usage(price=moved, what=f"moving objects to {name}")
        if name == "INTELLIGENT_TIERING":
            yield Usage(price="s3.int_monitoring", what="monitoring of objects from 128 KB")


def backup_plan(_resource: Resource) -> Iterator[Dimension]:
    """Yield the storage of the backups of databases."""
    yield Usage(price="backup.rds", what="backups of the database")


BILLED: Mapping[str, Billing] = {
    "AWS::Backup::BackupPlan": backup_plan,
    "AWS::S3::Bucket": bucket,
}
FREE: Mapping[str, str] = {
    "AWS::Backup::BackupSelection": "https://aws.amazon.com/backup/pricing/",
    "AWS::Backup::BackupVault": "https://aws.amazon.com/backup/pricing/",
    "AWS::S3::BucketPolicy": "https://aws.amazon.com/s3/pricing/",
}
