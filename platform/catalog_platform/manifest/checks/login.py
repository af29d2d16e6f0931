"""Rules about database users and their authentication."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

PROXY_PORT = 5432
TLS_HINT = {
    "aws": "set database.require_tls to true",
    "embedded": "set database.authentication to password: the embedded AWS has no TLS",
}


def iam_authentication_needs_tls(manifest: Manifest) -> Iterator[RuleViolation]:
    """IAM authentication requires TLS: RDS accepts an IAM token over TLS only.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    """
    database = manifest.database
    if database.authentication == "iam" and not database.require_tls:
        yield RuleViolation(
            "database.authentication",
            "iam needs TLS, but database.require_tls is false",
            TLS_HINT[manifest.release.target],
            ("database.require_tls",),
        )


def application_is_not_the_owner(manifest: Manifest) -> Iterator[RuleViolation]:
    """The application does not use the owner's database user, which can drop tables."""
    database = manifest.database
    name = database.application_username
    if name == database.username:
        yield RuleViolation(
            "database.application_username",
            f"'{name}' is also database.username, which owns all tables",
            "choose another name, for example catalog_app",
            ("database.username",),
        )


def reader_has_its_own_role(manifest: Manifest) -> Iterator[RuleViolation]:
    """The reader does not use the user of the owner or the application, which can write.

    The migrator would take the rights of a common role away from one of the two.
    """
    database = manifest.database
    name = database.reader_username
    for key in ("username", "application_username"):
        if name == getattr(database, key):
            yield RuleViolation(
                "database.reader_username",
                f"'{name}' is also database.{key}, which can write",
                "choose another name, for example catalog_reader",
                (f"database.{key}",),
            )


def passwords_are_rotated(manifest: Manifest) -> Iterator[RuleViolation]:
    """Outside development, database passwords are rotated.

    The owner always has a password; the functions have one unless they use IAM tokens.
    """
    database, tier = manifest.database, manifest.environment.tier
    if tier != "development" and database.secret_rotation_days is None:
        users = "the owner" if database.authentication == "iam" else "the owner and the functions"
        yield RuleViolation(
            "database.secret_rotation_days",
            f"null turns password rotation off for {users}, but tier {tier} requires it",
            "set it to a number of days, for example 30",
            ("database.authentication", "environment.tier"),
        )


def proxy_has_two_zones(manifest: Manifest) -> Iterator[RuleViolation]:
    """RDS Proxy needs subnets in two availability zones.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html
    """
    zones = len(set(manifest.network.availability_zones))
    if manifest.database.proxy and zones < 2:
        yield RuleViolation(
            "database.proxy",
            f"true needs at least 2 availability zones, but there is {zones}",
            "add a zone to network.availability_zones, or set database.proxy to false",
            ("network.availability_zones",),
        )


def proxy_and_instance_share_the_port(manifest: Manifest) -> Iterator[RuleViolation]:
    """With RDS Proxy, the database uses PostgreSQL's default port, on which the proxy listens."""
    database = manifest.database
    if database.proxy and database.port != PROXY_PORT:
        yield RuleViolation(
            "database.port",
            f"{database.port} does not work with RDS Proxy, which always listens on {PROXY_PORT}; "
            "clients use one port for both",
            f"set it to {PROXY_PORT}, or set database.proxy to false",
            ("database.proxy",),
        )


RULES: tuple[Rule, ...] = (
    iam_authentication_needs_tls,
    application_is_not_the_owner,
    reader_has_its_own_role,
    passwords_are_rotated,
    proxy_has_two_zones,
    proxy_and_instance_share_the_port,
)
