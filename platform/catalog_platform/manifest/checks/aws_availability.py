"""Rules about engine versions and instance types that AWS offers.

The tables come from AWS's price lists as published by cfn-lint; a test compares them with
cfn-lint's data. A version or family newer than the tables causes at most a warning.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
OLDEST_OFFERED = {14: 18, 15: 13, 16: 9, 17: 5, 18: 1}

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
DATABASE_FAMILIES = frozenset({
    "m5", "m5d", "m6g", "m6gd", "m6i", "m6id", "m6idn", "m6in", "m7g", "m7i", "m8a", "m8g", "m8gd",
    "m9g", "r5", "r5b", "r5d", "r6g", "r6gd", "r6i", "r6id", "r6idn", "r6in", "r7g", "r7i", "r8a",
    "r8g", "r8gd", "t3", "t4g", "x2g", "x2iedn",
})  # fmt: skip
ENDED_DATABASE_FAMILIES = frozenset({
    "m1", "m2", "m3", "m4", "r3", "r4", "t1", "t2", "x1", "x1e",
})  # fmt: skip

# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
CACHE_FAMILIES = frozenset({
    "c7gn", "c8gn", "m4", "m5", "m6g", "m7g", "m8g", "r4", "r5", "r6g", "r7g", "r8g", "t2", "t3",
    "t4g",
})  # fmt: skip
ENDED_CACHE_FAMILIES = frozenset({"c1", "m1", "m2", "m3", "r3", "t1"})
TIERED_CACHE_FAMILIES = frozenset({"r6gd"})


def postgresql_version_is_offered(manifest: Manifest) -> Iterator[RuleViolation]:
    """RDS offers the PostgreSQL version for new instances."""
    version = manifest.database.engine_version
    major, minor = (int(part) for part in version.split("."))
    if major < min(OLDEST_OFFERED):
        yield RuleViolation(
            "database.engine_version",
            f"RDS does not offer PostgreSQL {version} for new instances",
            f"use a major version from {min(OLDEST_OFFERED)} to {max(OLDEST_OFFERED)}",
        )
    elif minor < OLDEST_OFFERED.get(major, 0):
        yield RuleViolation(
            "database.engine_version",
            f"RDS does not offer PostgreSQL {version} for new instances",
            f"set it to {major}.{OLDEST_OFFERED[major]} or newer",
        )


def instance_class_runs_postgresql(manifest: Manifest) -> Iterator[RuleViolation]:
    """RDS offers the instance class for PostgreSQL; some families are retired."""
    yield from _family_is_offered(
        "database.instance_class",
        manifest.database.instance_class,
        f"PostgreSQL {manifest.database.engine_version}",
        DATABASE_FAMILIES,
        ENDED_DATABASE_FAMILIES,
    )


def node_type_runs_the_cache(manifest: Manifest) -> Iterator[RuleViolation]:
    """ElastiCache offers the node type.

    Some families are retired. The r6gd family requires data tiering, which this platform does not
    use.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html
    """
    cache = manifest.cache
    if cache.node_type.split(".")[1] in TIERED_CACHE_FAMILIES:
        yield RuleViolation(
            "cache.node_type",
            f"{cache.node_type} requires data tiering, which is not supported here",
            f"set it to {cache.node_type.replace('gd', 'g')}, for example",
        )
        return
    yield from _family_is_offered(
        "cache.node_type",
        cache.node_type,
        f"{cache.engine} {cache.engine_version}",
        CACHE_FAMILIES,
        ENDED_CACHE_FAMILIES,
    )


def _family_is_offered(
    path: str, machine: str, engine: str, offered: frozenset[str], ended: frozenset[str]
) -> Iterator[RuleViolation]:
    family = machine.split(".")[1]
    if family in ended:
        alike = sorted(name for name in offered if name[0] == family[0])
        yield RuleViolation(
            path,
            f"AWS does not offer {machine} for {engine}",
            f"use one of the similar families: {', '.join(alike)}",
        )
    elif family not in offered:
        yield RuleViolation(
            path,
            f"the family of {machine} is not in this platform's table of families",
            f"check that AWS offers it; families in the table: {', '.join(sorted(offered))}",
            severity=Severity.WARNING,
        )


RULES: tuple[Rule, ...] = (
    postgresql_version_is_offered,
    instance_class_runs_postgresql,
    node_type_runs_the_cache,
)
