"""Rules about the archive and dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest


def _transitions(manifest: Manifest) -> list[tuple[str, int]]:
    """Return the transitions that are set, from the warmest storage class to the coldest."""
    archive = manifest.archive
    steps = (
        ("archive.intelligent_tiering_after_days", archive.intelligent_tiering_after_days),
        ("archive.glacier_after_days", archive.glacier_after_days),
        ("archive.deep_archive_after_days", archive.deep_archive_after_days),
    )
    return [(path, days) for path, days in steps if days is not None]


def archive_transitions_are_ordered(manifest: Manifest) -> Iterator[RuleViolation]:
    """Transitions to colder storage classes are in ascending order of days.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    """
    for (warmer, before), (colder, after) in pairwise(_transitions(manifest)):
        if after <= before:
            yield RuleViolation(
                colder,
                f"{after} must be greater than {warmer}, which is {before}",
                f"set it to more than {before}, or to null to skip this storage class",
                (warmer,),
            )


def archive_transitions_precede_expiration(manifest: Manifest) -> Iterator[RuleViolation]:
    """Each transition to another storage class is earlier than the expiration.

    S3 refuses a lifecycle rule with a later transition.
    """
    kept = manifest.archive.retention_days
    for path, days in _transitions(manifest):
        if days >= kept:
            yield RuleViolation(
                path,
                f"{days} must be less than archive.retention_days, which is {kept}",
                f"set it to less than {kept}, or to null to skip this storage class",
                ("archive.retention_days",),
            )


def backups_can_read_the_archive(manifest: Manifest) -> Iterator[RuleViolation]:
    """An archive in AWS Backup keeps its objects in storage classes that AWS Backup reads.

    Objects in Glacier Flexible Retrieval or Deep Archive are missing from each later backup.
    Intelligent-Tiering's archive instant access tier costs about as much as Glacier Flexible
    Retrieval and can be read at once.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
    """
    archive = manifest.archive
    if not manifest.backup.enabled:
        return
    for path, days in (
        ("archive.glacier_after_days", archive.glacier_after_days),
        ("archive.deep_archive_after_days", archive.deep_archive_after_days),
    ):
        if days is not None:
            yield RuleViolation(
                path,
                f"{days} moves objects to a storage class that AWS Backup can't read, but "
                "backup.enabled is true",
                "set it to null; archive.intelligent_tiering_after_days moves objects to an "
                "archive tier that AWS Backup can read",
                ("backup.enabled",),
            )


def payloads_outlive_queue_messages(manifest: Manifest) -> Iterator[RuleViolation]:
    """Payloads of dead letters are kept at least as long as the queue messages about them."""
    kept = manifest.dead_letters
    if kept.payload_retention_days < kept.queue_retention_days:
        yield RuleViolation(
            "dead_letters.payload_retention_days",
            f"{kept.payload_retention_days} must be at least dead_letters.queue_retention_days, "
            f"which is {kept.queue_retention_days}",
            f"set it to {kept.queue_retention_days} or more",
            ("dead_letters.queue_retention_days",),
        )


def locked_archive_is_retained(manifest: Manifest) -> Iterator[RuleViolation]:
    """An archive with Object Lock is retained when its stack is deleted.

    A bucket that holds locked objects cannot be deleted, so deleting the stack would fail.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    archive = manifest.archive
    if archive.object_lock != "off" and archive.on_removal == "destroy":
        yield RuleViolation(
            "archive.object_lock",
            f"{archive.object_lock} locks objects, but archive.on_removal is destroy",
            'set archive.on_removal to retain, or archive.object_lock to "off"',
            ("archive.on_removal",),
        )


def only_production_uses_compliance_mode(manifest: Manifest) -> Iterator[RuleViolation]:
    """Only production uses the compliance mode of S3 Object Lock.

    In this mode, no user can delete an object before its retention ends, not even the root user.
    """
    tier = manifest.environment.tier
    if manifest.archive.object_lock == "compliance" and tier != "production":
        yield RuleViolation(
            "archive.object_lock",
            f"compliance is allowed in production only, but environment.tier is {tier}; objects "
            f"cannot be deleted for {manifest.archive.retention_days} days",
            'set it to governance or "off"',
            ("environment.tier",),
        )


RULES: tuple[Rule, ...] = (
    archive_transitions_are_ordered,
    archive_transitions_precede_expiration,
    backups_can_read_the_archive,
    locked_archive_is_retained,
    only_production_uses_compliance_mode,
    payloads_outlive_queue_messages,
)
