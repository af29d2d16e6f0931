"""Rules about the names of database and roles: reserved words and lengths."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# Roles that RDS creates or refuses, beside those with the prefix `rds_`. CreateDBInstance refuses
# `admin` as "a reserved word used by the engine". RDS documents `rdsadmin`, `rdstopmgr` and, for
# RDS Proxy, `rdsproxyadmin`; the other roles only appear in the list of an instance's roles.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Roles.rds_superuser.html
RDS_ROLES = frozenset({
    "admin", "postgres", "rdsadmin", "rdsproxyadmin", "rdsrepladmin", "rdstopmgr",
    "rdswriteforwarduser",
})  # fmt: skip
# RDS creates `postgres` for administration, and a second one of that name fails elsewhere.
RDS_DATABASES = frozenset({"postgres", "rdsadmin"})
TEMPLATES = frozenset({"template0", "template1"})
# Neither is a reserved keyword, but PostgreSQL refuses both as roles, even in quotes.
# https://www.postgresql.org/docs/current/sql-createrole.html
NOT_ROLES = frozenset({"none", "public"})


def refused_as_role(name: str) -> bool:
    """Return whether PostgreSQL reserves a role name: as a keyword, or for itself."""
    return name in data.reserved_words() or name in NOT_ROLES or name.startswith("pg_")


def refused_as_database(name: str) -> bool:
    """Return whether PostgreSQL refuses to create a database with a name that isn't quoted."""
    return name in data.reserved_words() or name in TEMPLATES


def _reserved_role(name: str) -> str:
    """Return who reserves a role name, or an empty string."""
    if refused_as_role(name):
        return "PostgreSQL"
    return "RDS" if name in RDS_ROLES or name.startswith("rds_") else ""


def username_is_not_reserved(manifest: Manifest) -> Iterator[RuleViolation]:
    """The owner's user name is not reserved by RDS or PostgreSQL.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    name = manifest.database.username
    if by := _reserved_role(name):
        yield RuleViolation(
            "database.username",
            f"'{name}' is a name that {by} reserves",
            "choose another name, for example catalogadmin",
        )


def application_username_is_not_reserved(manifest: Manifest) -> Iterator[RuleViolation]:
    """The application's user name is not reserved by RDS or PostgreSQL."""
    name = manifest.database.application_username
    if by := _reserved_role(name):
        yield RuleViolation(
            "database.application_username",
            f"'{name}' is a name that {by} reserves",
            "choose another name, for example catalog_app",
        )


def reader_username_is_not_reserved(manifest: Manifest) -> Iterator[RuleViolation]:
    """The reader's user name is not reserved by RDS or PostgreSQL."""
    name = manifest.database.reader_username
    if by := _reserved_role(name):
        yield RuleViolation(
            "database.reader_username",
            f"'{name}' is a name that {by} reserves",
            "choose another name, for example catalog_reader",
        )


def database_name_is_not_reserved(manifest: Manifest) -> Iterator[RuleViolation]:
    """The name of the database is not reserved by RDS or PostgreSQL.

    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
    """
    name = manifest.database.name
    by = "PostgreSQL" if refused_as_database(name) else "RDS" if name in RDS_DATABASES else ""
    if by:
        yield RuleViolation(
            "database.name",
            f"'{name}' is a name that {by} reserves",
            "choose another name, for example catalog",
        )


RULES: tuple[Rule, ...] = (
    username_is_not_reserved,
    application_username_is_not_reserved,
    reader_username_is_not_reserved,
    database_name_is_not_reserved,
)
