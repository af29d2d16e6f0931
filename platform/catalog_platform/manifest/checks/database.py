"""Rules about the database."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html
RESERVED_USERS = frozenset({"admin", "public", "rdsadmin", "postgres", "rdsrepladmin"})


def storage_can_grow(manifest: Manifest) -> Iterator[Problem]:
    """Autoscaling stops at or above where storage starts."""
    database = manifest.database
    if database.maximum_storage_gib < database.storage_gib:
        yield Problem(
            "database.maximum_storage_gib",
            f"{database.maximum_storage_gib} is less than database.storage_gib, "
            f"{database.storage_gib}",
            f"use {database.storage_gib} or more",
            ("database.storage_gib",),
        )


def database_windows_are_apart(manifest: Manifest) -> Iterator[Problem]:
    """RDS refuses a backup window that touches the maintenance window."""
    database = manifest.database
    yield from window.apart(
        "database.backup_window",
        database.backup_window,
        "database.maintenance_window",
        database.maintenance_window,
    )


def database_windows_are_long_enough(manifest: Manifest) -> Iterator[Problem]:
    """RDS wants half an hour for each.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    database = manifest.database
    yield from window.long_enough("database.backup_window", database.backup_window, 30)
    yield from window.long_enough("database.maintenance_window", database.maintenance_window, 30)


def standby_has_a_zone(manifest: Manifest) -> Iterator[Problem]:
    """A standby lives in a second zone."""
    zones = len(set(manifest.network.availability_zones))
    if manifest.database.multi_az and zones < 2:
        yield Problem(
            "database.multi_az",
            f"a standby needs a second zone, there is {zones}",
            "add a zone to network.availability_zones",
            ("network.availability_zones",),
        )


def replicas_have_backups(manifest: Manifest) -> Iterator[Problem]:
    """RDS makes read replicas from backups: without them it refuses."""
    database = manifest.database
    if database.read_replicas > 0 and database.backup_retention_days == 0:
        yield Problem(
            "database.read_replicas",
            f"{database.read_replicas} read replicas need backups, and backup_retention_days is 0",
            "set database.backup_retention_days to 1 or more",
            ("database.backup_retention_days",),
        )


def reserved(name: str) -> bool:
    """Whether PostgreSQL or RDS keeps a role's name for itself."""
    return name in RESERVED_USERS or name.startswith(("pg_", "rds_"))


def username_is_free(manifest: Manifest) -> Iterator[Problem]:
    """RDS keeps some names for itself."""
    name = manifest.database.username
    if reserved(name):
        yield Problem(
            "database.username", f"'{name}' is reserved by RDS", "for example catalogadmin"
        )


RULES: tuple[Rule, ...] = (
    storage_can_grow,
    database_windows_are_apart,
    database_windows_are_long_enough,
    standby_has_a_zone,
    replicas_have_backups,
    username_is_free,
)
