"""Rules about the versions of the database and its read replicas."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest


def replicas_are_as_new_as_the_instance(manifest: Manifest) -> Iterator[RuleViolation]:
    """Read replicas have the version of the instance, or a newer minor version.

    RDS upgrades a minor version on the replicas first. It upgrades a major version on all of them
    together.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
    """
    own, replica = manifest.database.engine_version, manifest.database.replica_engine_version
    if replica is None:
        return
    (major, minor), (replica_major, replica_minor) = _parts(own), _parts(replica)
    if replica_major != major:
        problem = "is another major version than"
    elif replica_minor < minor:
        problem = "is older than"
    else:
        return
    yield RuleViolation(
        "database.replica_engine_version",
        f"{replica} {problem} database.engine_version, which is {own}",
        f"set it to null, or to {own} or a newer {major}.x",
        ("database.engine_version",),
    )


def major_upgrades_are_made_without_replicas(manifest: Manifest) -> Iterator[RuleViolation]:
    """A change to a new major version is deployed without read replicas.

    RDS would upgrade the replicas along with the instance, while CloudFormation updates them to the
    new parameter group. Without replicas, one instance is upgraded; new replicas have its version.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html
    """
    database = manifest.database
    if database.allow_major_upgrade and database.read_replicas:
        yield RuleViolation(
            "database.allow_major_upgrade",
            f"true needs an instance without replicas, but database.read_replicas is "
            f"{database.read_replicas}",
            "deploy database.read_replicas: 0 first, then the new version, then the replicas "
            "with allow_major_upgrade: false (docs/edits.md)",
            ("database.read_replicas",),
        )


def _parts(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)


RULES: tuple[Rule, ...] = (
    replicas_are_as_new_as_the_instance,
    major_upgrades_are_made_without_replicas,
)
