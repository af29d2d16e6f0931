"""Rules about AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest

# Within how many minutes of its time a copy is begun, and how far from the windows it has to stay.
START_MINUTES = 60
DISTANCE_MINUTES = 60


def copies_outlive_automatic_backups(manifest: Manifest) -> Iterator[Problem]:
    """Copies that are gone before RDS's own backups are paid for in vain."""
    kept, automatic = manifest.backup.retention_days, manifest.database.backup_retention_days
    if manifest.backup.enabled and kept < automatic:
        yield Problem(
            "backup.retention_days",
            f"{kept} is less than database.backup_retention_days, {automatic}",
            f"use {automatic} or more, or set backup.enabled to false",
            ("database.backup_retention_days",),
        )


def copies_keep_clear_of_the_windows(manifest: Manifest) -> Iterator[Problem]:
    """A copy that begins within an hour of the database's windows fails.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html
    """
    backup, database = manifest.backup, manifest.database
    if not backup.enabled:
        return
    around = window.around(backup.daily_at, DISTANCE_MINUTES, START_MINUTES + DISTANCE_MINUTES)
    for path, wanted in (
        ("database.backup_window", database.backup_window),
        ("database.maintenance_window", database.maintenance_window),
    ):
        if window.overlap(around, window.weekly(wanted)):
            yield Problem(
                "backup.daily_at",
                f"{backup.daily_at} is within an hour of {path}, {wanted}",
                "move one of them; all are in UTC",
                (path,),
            )


RULES: tuple[Rule, ...] = (copies_outlive_automatic_backups, copies_keep_clear_of_the_windows)
