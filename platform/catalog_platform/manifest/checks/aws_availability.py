"""Rules about engine versions and instance types that AWS offers.

The tables are generated from cfn-lint's data, which comes from AWS's price lists and APIs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks.nearest import nearest
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# PostgreSQL has a minor version every three months, so these appear within a year of the table.
MINORS_AHEAD = 4
TIERED_CACHE_FAMILIES = frozenset({"r6gd"})


def postgresql_version_is_offered(manifest: Manifest) -> Iterator[RuleViolation]:
    """RDS offers the PostgreSQL version for new instances.

    A minor version that is somewhat newer than the table is a warning, because AWS adds several a
    year. The version of read replicas is checked in the same way.

    https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
    """
    database = manifest.database
    yield from _offered_postgresql("database.engine_version", database.engine_version)
    replica = database.replica_engine_version
    if replica is not None and replica != database.engine_version:
        yield from _offered_postgresql("database.replica_engine_version", replica)


def _offered_postgresql(path: str, version: str) -> Iterator[RuleViolation]:
    offered = data.versions("postgres")
    if version in offered:
        return
    major, minor = (int(part) for part in version.split("."))
    minors = [int(each.split(".")[1]) for each in offered if each.startswith(f"{major}.")]
    if minors and max(minors) < minor <= max(minors) + MINORS_AHEAD:
        yield RuleViolation(
            path,
            f"PostgreSQL {version} is newer than {major}.{max(minors)}, the newest that is known "
            f"({data.as_of('versions')})",
            "check that RDS offers it",
            severity=Severity.WARNING,
        )
        return
    same = [each for each in offered if each.startswith(f"{major}.")]
    majors = sorted({int(each.split(".")[0]) for each in offered})
    yield RuleViolation(
        path,
        f"RDS does not offer PostgreSQL {version} for new instances",
        f"use one of {', '.join(same)}"
        if same
        else f"use a major version from {majors[0]} to {majors[-1]}, for example {offered[-1]}",
    )


def cache_version_is_offered(manifest: Manifest) -> Iterator[RuleViolation]:
    """ElastiCache offers the version of the cache engine.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html
    """
    cache = manifest.cache
    offered = data.versions(cache.engine)
    if cache.engine_version not in offered:
        yield RuleViolation(
            "cache.engine_version",
            f"ElastiCache does not offer {cache.engine} {cache.engine_version}",
            f"use one of {', '.join(offered)}",
            ("cache.engine",),
        )


def instance_class_is_offered(manifest: Manifest) -> Iterator[RuleViolation]:
    """RDS offers the instance class for PostgreSQL in the environment's region.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
    """
    name, region = manifest.database.instance_class, manifest.environment.region
    offered = {f"db.{each}" for each in data.offered("rds", region)}
    if name not in offered:
        yield RuleViolation(
            "database.instance_class",
            f"RDS does not offer {name} for PostgreSQL in {region} ({data.as_of('rds_types')})",
            _like(name, offered),
            ("environment.region",),
        )


def node_type_is_offered(manifest: Manifest) -> Iterator[RuleViolation]:
    """ElastiCache offers the node type in the environment's region.

    The r6gd family requires data tiering, which this platform does not use.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheNodes.SupportedTypes.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/data-tiering.html
    """
    name, region = manifest.cache.node_type, manifest.environment.region
    family = name.split(".")[1]
    if family in TIERED_CACHE_FAMILIES:
        yield RuleViolation(
            "cache.node_type",
            f"{name} requires data tiering, which is not supported here",
            f"set it to {name.replace('gd', 'g')}, for example",
        )
        return
    types = data.offered("elasticache", region)
    offered = {f"cache.{each}" for each in types if each.split(".")[0] not in TIERED_CACHE_FAMILIES}
    if name not in offered:
        yield RuleViolation(
            "cache.node_type",
            f"ElastiCache does not offer {name} in {region} ({data.as_of('elasticache_types')})",
            _like(name, offered),
            ("environment.region",),
        )


def _like(name: str, offered: Collection[str]) -> str:
    """Return a hint with the sizes of the same family, or the nearest names."""
    family = name.rpartition(".")[0]
    sizes = [each for each in offered if each.rpartition(".")[0] == family]
    if sizes:
        return f"use one of {', '.join(sorted(sizes, key=lambda each: (len(each), each)))}"
    return nearest(name, offered, "names")


RULES: tuple[Rule, ...] = (
    postgresql_version_is_offered,
    cache_version_is_offered,
    instance_class_is_offered,
    node_type_is_offered,
)
