"""Rules about the archive and the dead letters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest


def _transitions(manifest: Manifest) -> list[tuple[str, int]]:
    """Those that are set, from the warmest class to the coldest."""
    archive = manifest.archive
    steps = (
        ("archive.intelligent_tiering_after_days", archive.intelligent_tiering_after_days),
        ("archive.glacier_after_days", archive.glacier_after_days),
        ("archive.deep_archive_after_days", archive.deep_archive_after_days),
    )
    return [(path, days) for path, days in steps if days is not None]


def archive_grows_colder(manifest: Manifest) -> Iterator[Problem]:
    """S3 moves objects to colder classes only, each later than the one before.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html
    """
    for (warmer, before), (colder, after) in pairwise(_transitions(manifest)):
        if after <= before:
            yield Problem(
                colder,
                f"{after} is not after {warmer}, {before}",
                f"use more than {before}, or null",
                (warmer,),
            )


def archive_moves_before_it_expires(manifest: Manifest) -> Iterator[Problem]:
    """S3 refuses a transition of objects that are gone by then."""
    kept = manifest.archive.retention_days
    for path, days in _transitions(manifest):
        if days >= kept:
            yield Problem(
                path,
                f"{days} is not before archive.retention_days, {kept}",
                "use less, or null",
                ("archive.retention_days",),
            )


def payloads_outlive_their_announcement(manifest: Manifest) -> Iterator[Problem]:
    """A message about a payload that is gone helps nobody."""
    letters = manifest.dead_letters
    if letters.payload_retention_days < letters.queue_retention_days:
        yield Problem(
            "dead_letters.payload_retention_days",
            f"{letters.payload_retention_days} is less than dead_letters.queue_retention_days, "
            f"{letters.queue_retention_days}",
            f"use {letters.queue_retention_days} or more",
            ("dead_letters.queue_retention_days",),
        )


def locked_archive_is_retained(manifest: Manifest) -> Iterator[Problem]:
    """A bucket with locked objects cannot be deleted: the stack could not go either.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
    """
    archive = manifest.archive
    if archive.object_lock != "off" and archive.on_removal == "destroy":
        yield Problem(
            "archive.object_lock",
            f"{archive.object_lock} keeps objects that archive.on_removal would destroy",
            "set archive.on_removal to retain, or object_lock to off",
            ("archive.on_removal",),
        )


def only_production_is_locked_for_good(manifest: Manifest) -> Iterator[Problem]:
    """Compliance mode binds everybody, the root user included, until the last object expires."""
    tier = manifest.environment.tier
    if manifest.archive.object_lock == "compliance" and tier != "production":
        yield Problem(
            "archive.object_lock",
            f"compliance cannot be undone for {manifest.archive.retention_days} days, and this is "
            f"{tier}",
            "use governance, or off",
            ("environment.tier",),
        )


RULES: tuple[Rule, ...] = (
    archive_grows_colder,
    archive_moves_before_it_expires,
    locked_archive_is_retained,
    only_production_is_locked_for_good,
    payloads_outlive_their_announcement,
)
