"""Rules about AWS Backup."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# A backup starts within this many minutes of its time; its minimum distance from the windows.
START_MINUTES = 60
DISTANCE_MINUTES = 60


def copies_outlive_automatic_backups(manifest: Manifest) -> Iterator[RuleViolation]:
    """Backups in AWS Backup are kept at least as long as RDS's automatic backups."""
    kept, automatic = manifest.backup.retention_days, manifest.database.backup_retention_days
    if manifest.backup.enabled and kept < automatic:
        yield RuleViolation(
            "backup.retention_days",
            f"{kept} must be at least database.backup_retention_days, which is {automatic}",
            f"set it to {automatic} or more",
            ("database.backup_retention_days",),
        )


def backups_avoid_database_windows(manifest: Manifest) -> Iterator[RuleViolation]:
    """The daily backup is at least an hour away from the windows of the database.

    RDS refuses other backups.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/troubleshooting.html
    """
    backup, database = manifest.backup, manifest.database
    if not backup.enabled:
        return
    around = window.around(backup.daily_at, DISTANCE_MINUTES, START_MINUTES + DISTANCE_MINUTES)
    for path, times in (
        ("database.backup_window", database.backup_window),
        ("database.maintenance_window", database.maintenance_window),
    ):
        if window.overlap(around, window.weekly(times)):
            yield RuleViolation(
                "backup.daily_at",
                f"{backup.daily_at} is less than an hour from {path}, which is {times}",
                "move one of them; both are in UTC",
                (path,),
            )


RULES: tuple[Rule, ...] = (copies_outlive_automatic_backups, backups_avoid_database_windows)
