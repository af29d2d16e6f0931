"""Rules about who logs in to the database, and how."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.database import reserved
from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest

PROXY_PORT = 5432


def tokens_need_encryption(manifest: Manifest) -> Iterator[Problem]:
    """RDS takes an IAM token over TLS only.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    """
    database = manifest.database
    if database.authentication == "iam" and not database.require_tls:
        yield Problem(
            "database.authentication",
            "a token would travel in the clear: require_tls is false",
            "set database.require_tls to true, or authentication to password",
            ("database.require_tls",),
        )


def application_is_not_the_owner(manifest: Manifest) -> Iterator[Problem]:
    """The processor reads and writes stock; who owns the tables can drop them."""
    database = manifest.database
    name = database.application_username
    if name == database.username:
        yield Problem(
            "database.application_username",
            f"'{name}' is database.username, the owner of everything",
            "for example catalog_app",
            ("database.username",),
        )
    elif reserved(name):
        yield Problem(
            "database.application_username",
            f"'{name}' is reserved by PostgreSQL or RDS",
            "for example catalog_app",
        )


def passwords_do_not_grow_old(manifest: Manifest) -> Iterator[Problem]:
    """The owner always has a password, and the application has one unless it uses tokens."""
    database, tier = manifest.database, manifest.environment.tier
    if tier != "development" and database.secret_rotation_days is None:
        whose = "the owner's" if database.authentication == "iam" else "the owner's and the role's"
        yield Problem(
            "database.secret_rotation_days",
            f"{tier} needs {whose} password changed from time to time, and it is null",
            "for example 30",
            ("database.authentication", "environment.tier"),
        )


def proxy_has_two_zones(manifest: Manifest) -> Iterator[Problem]:
    """RDS Proxy wants subnets in two zones.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-network-prereqs.html
    """
    zones = len(set(manifest.network.availability_zones))
    if manifest.database.proxy and zones < 2:
        yield Problem(
            "database.proxy",
            f"a proxy needs subnets in two zones, there is {zones}",
            "add a zone to network.availability_zones, or set database.proxy to false",
            ("network.availability_zones",),
        )


def proxy_and_instance_share_the_port(manifest: Manifest) -> Iterator[Problem]:
    """A proxy of PostgreSQL listens on the port that is PostgreSQL's by default."""
    database = manifest.database
    if database.proxy and database.port != PROXY_PORT:
        yield Problem(
            "database.port",
            f"RDS Proxy listens on {PROXY_PORT}, and clients are told one port for both: "
            f"{database.port}",
            f"use {PROXY_PORT}, or set database.proxy to false",
            ("database.proxy",),
        )


RULES: tuple[Rule, ...] = (
    tokens_need_encryption,
    application_is_not_the_owner,
    passwords_do_not_grow_old,
    proxy_has_two_zones,
    proxy_and_instance_share_the_port,
)
