"""Rules about what AWS sells: versions and machine types.

The tables are from AWS's own price lists by way of cfn-lint, and a test holds them against its
data. What is newer than the tables passes with a warning at most.
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks.rule import Problem, Rule
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


def postgresql_version_is_offered(manifest: Manifest) -> Iterator[Problem]:
    """RDS makes no new instance of a version that has ended."""
    version = manifest.database.engine_version
    major, minor = (int(part) for part in version.split("."))
    if major < min(OLDEST_OFFERED):
        yield Problem(
            "database.engine_version",
            f"RDS offers no new PostgreSQL {version}",
            f"its major versions are {min(OLDEST_OFFERED)} to {max(OLDEST_OFFERED)}",
        )
    elif minor < OLDEST_OFFERED.get(major, 0):
        yield Problem(
            "database.engine_version",
            f"RDS offers no new PostgreSQL {version}",
            f"use {major}.{OLDEST_OFFERED[major]} or newer",
        )


def instance_class_runs_postgresql(manifest: Manifest) -> Iterator[Problem]:
    """Not every class runs every engine; whole families have ended."""
    yield from _family_is_offered(
        "database.instance_class",
        manifest.database.instance_class,
        f"PostgreSQL {manifest.database.engine_version}",
        DATABASE_FAMILIES,
        ENDED_DATABASE_FAMILIES,
    )


def node_type_runs_the_cache(manifest: Manifest) -> Iterator[Problem]:
    """Some families have ended, and one works with data tiering only, which is not used here.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html
    """
    cache = manifest.cache
    if cache.node_type.split(".")[1] in TIERED_CACHE_FAMILIES:
        yield Problem(
            "cache.node_type",
            f"{cache.node_type} works with data tiering only",
            f"for example {cache.node_type.replace('gd', 'g')}",
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
) -> Iterator[Problem]:
    family = machine.split(".")[1]
    if family in ended:
        alike = sorted(name for name in offered if name[0] == family[0])
        yield Problem(
            path, f"{machine} does not run {engine}", f"families alike: {', '.join(alike)}"
        )
    elif family not in offered:
        yield Problem(
            path,
            f"{machine} is of a family that this platform does not know",
            f"known are {', '.join(sorted(offered))}",
            severity=Severity.WARNING,
        )


RULES: tuple[Rule, ...] = (
    postgresql_version_is_offered,
    instance_class_runs_postgresql,
    node_type_runs_the_cache,
)
