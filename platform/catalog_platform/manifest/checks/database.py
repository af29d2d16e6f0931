"""Rules about the database."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

LARGEST_STORAGE_GIB = 65536
# The upper limit is at least 10 % above the initial storage; RDS recommends 26 %.
LEAST_PERCENT = 110
RECOMMENDED_PERCENT = 126
# Autoscaling acts when a tenth of the storage is free.
AUTOSCALING_PART = 10


def storage_can_grow(manifest: Manifest) -> Iterator[RuleViolation]:
    """The upper limit of storage autoscaling is at least 10 % more than the initial storage.

    With less than 26 % more, RDS soon warns that the storage approaches the limit.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    """
    database = manifest.database
    least = _percent_of(database.storage_gib, LEAST_PERCENT)
    if database.maximum_storage_gib < least:
        recommended = _percent_of(database.storage_gib, RECOMMENDED_PERCENT)
        largest = LARGEST_STORAGE_GIB * 100 // LEAST_PERCENT
        yield RuleViolation(
            "database.maximum_storage_gib",
            f"{database.maximum_storage_gib} must be at least {least}, 10 % more than "
            f"database.storage_gib, which is {database.storage_gib}",
            f"set it to {min(recommended, LARGEST_STORAGE_GIB)} or more"
            if least <= LARGEST_STORAGE_GIB
            else f"set database.storage_gib to {largest} or less",
            ("database.storage_gib",),
        )


def _percent_of(number: int, percent: int) -> int:
    """Return a percentage of a number, rounded up."""
    return -(-number * percent // 100)


def database_windows_do_not_overlap(manifest: Manifest) -> Iterator[RuleViolation]:
    """The database's backup and maintenance windows do not overlap; RDS refuses that."""
    database = manifest.database
    yield from window.apart(
        "database.backup_window",
        database.backup_window,
        "database.maintenance_window",
        database.maintenance_window,
    )


def database_windows_are_long_enough(manifest: Manifest) -> Iterator[RuleViolation]:
    """The database's backup and maintenance windows last at least 30 minutes each.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    database = manifest.database
    yield from window.long_enough("database.backup_window", database.backup_window, 30)
    yield from window.long_enough("database.maintenance_window", database.maintenance_window, 30)


def multi_az_has_two_zones(manifest: Manifest) -> Iterator[RuleViolation]:
    """A Multi-AZ standby needs a second availability zone."""
    zones = len(set(manifest.network.availability_zones))
    if manifest.database.multi_az and zones < 2:
        yield RuleViolation(
            "database.multi_az",
            f"true needs at least 2 availability zones, but there is {zones}",
            "add a zone to network.availability_zones",
            ("network.availability_zones",),
        )


def replicas_have_backups(manifest: Manifest) -> Iterator[RuleViolation]:
    """Read replicas require automatic backups, from which RDS creates them."""
    database = manifest.database
    if database.read_replicas > 0 and database.backup_retention_days == 0:
        yield RuleViolation(
            "database.read_replicas",
            f"{database.read_replicas} needs automatic backups, but database.backup_retention_days "
            "is 0",
            "set database.backup_retention_days to 1 or more",
            ("database.backup_retention_days",),
        )


def free_storage_alarm_follows_autoscaling(manifest: Manifest) -> Iterator[RuleViolation]:
    """The alarm `database_free_storage` fires when autoscaling has failed, not before it acts.

    RDS adds storage when 10 % or less of it has been free for five minutes.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
    """
    database, alarms = manifest.database, manifest.alarms
    alarm = alarms.database_free_storage
    least = database.storage_gib // AUTOSCALING_PART
    if alarms.severity_of(alarm) is not None and alarm.below_gib >= least:
        yield RuleViolation(
            "alarms.database_free_storage.below_gib",
            f"{alarm.below_gib} fires while RDS adds storage, which it does at {least} GiB, 10 % "
            f"of database.storage_gib, which is {database.storage_gib}",
            f"set it to {max(1, least // 2)}, or raise database.storage_gib",
            ("database.storage_gib",),
            severity=Severity.WARNING,
        )


RULES: tuple[Rule, ...] = (
    storage_can_grow,
    free_storage_alarm_follows_autoscaling,
    database_windows_do_not_overlap,
    database_windows_are_long_enough,
    multi_az_has_two_zones,
    replicas_have_backups,
)
