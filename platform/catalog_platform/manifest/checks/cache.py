"""Rules about the cache."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# The default quota is for each instance type; a cluster has nodes of one type.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html
DEFAULT_NODES = 90
# For Valkey from 7.2 and Redis from 5.0.6, the only versions that a manifest accepts.
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.html
MAXIMUM_NODES = 500
RECENT_REDIS = 7
TLS_HINT = {
    "aws": "set cache.transit_encryption to required",
    "embedded": "set cache.authentication to false: the embedded AWS does not support TLS",
}


def several_shards_need_cluster_mode(manifest: Manifest) -> Iterator[RuleViolation]:
    """More than one shard requires cluster mode; compatible mode has a single shard.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
    """
    cache = manifest.cache
    if cache.shards > 1 and cache.cluster_mode != "enabled":
        yield RuleViolation(
            "cache.shards",
            f"{cache.shards} shards need cluster mode, but cache.cluster_mode is "
            f"{cache.cluster_mode}",
            "set cache.cluster_mode to enabled, or cache.shards to 1",
            ("cache.cluster_mode",),
        )


def cache_authentication_needs_tls(manifest: Manifest) -> Iterator[RuleViolation]:
    """Cache authentication requires TLS: otherwise clients could send the token in clear text.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    """
    cache = manifest.cache
    if cache.authentication and cache.transit_encryption != "required":
        yield RuleViolation(
            "cache.authentication",
            f"true needs TLS, but cache.transit_encryption is {cache.transit_encryption}",
            TLS_HINT[manifest.release.target],
            ("cache.transit_encryption",),
        )


def cache_windows_do_not_overlap(manifest: Manifest) -> Iterator[RuleViolation]:
    """The cache's snapshot and maintenance windows do not overlap; ElastiCache refuses that."""
    cache = manifest.cache
    yield from window.apart(
        "cache.snapshot_window",
        cache.snapshot_window,
        "cache.maintenance_window",
        cache.maintenance_window,
    )


def cache_windows_are_long_enough(manifest: Manifest) -> Iterator[RuleViolation]:
    """The cache's snapshot and maintenance windows last at least an hour each.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
    """
    cache = manifest.cache
    yield from window.long_enough("cache.snapshot_window", cache.snapshot_window, 60)
    yield from window.long_enough("cache.maintenance_window", cache.maintenance_window, 60)


def cluster_has_few_enough_nodes(manifest: Manifest) -> Iterator[RuleViolation]:
    """A cluster has at most 500 nodes: shards, each with its primary and replicas.

    More than 90 need a higher service quota, which is a warning.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.html
    """
    cache = manifest.cache
    nodes = cache.shards * (1 + cache.replicas_per_shard)
    if nodes > DEFAULT_NODES:
        text = f"{cache.shards} shards with {cache.replicas_per_shard} replicas each have {nodes} "
        above = nodes > MAXIMUM_NODES
        yield RuleViolation(
            "cache.shards",
            text
            + f"nodes, but ElastiCache allows {MAXIMUM_NODES if above else DEFAULT_NODES}"
            + ("" if above else " without a higher quota"),
            "use fewer shards or replicas, or larger nodes",
            ("cache.replicas_per_shard",),
            Severity.ERROR if above else Severity.WARNING,
        )


def failover_has_a_replica(manifest: Manifest) -> Iterator[RuleViolation]:
    """Automatic failover has a replica to promote.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
    """
    cache = manifest.cache
    if cache.automatic_failover and not cache.replicas_per_shard:
        yield RuleViolation(
            "cache.automatic_failover",
            "true needs a replica, but cache.replicas_per_shard is 0",
            "set cache.replicas_per_shard to 1 or more, or cache.automatic_failover to false",
            ("cache.replicas_per_shard",),
        )


def cluster_fails_over(manifest: Manifest) -> Iterator[RuleViolation]:
    """A cluster fails over automatically, to at least one replica per shard.

    ElastiCache can create a cluster without replicas, but refuses to modify it or to enable
    compatible mode. The rule does not apply to the embedded AWS.

    https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1275
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
    """
    cache = manifest.cache
    if manifest.release.target == "aws" and cache.is_cluster and not cache.automatic_failover:
        yield RuleViolation(
            "cache.automatic_failover",
            f"must be true, because cache.cluster_mode is {cache.cluster_mode}",
            "set it to true with cache.replicas_per_shard of 1 or more, or set cache.cluster_mode "
            "to disabled",
            ("cache.cluster_mode", "cache.replicas_per_shard"),
        )


def intermediate_modes_need_a_recent_engine(manifest: Manifest) -> Iterator[RuleViolation]:
    """The intermediate modes of cluster mode and TLS exist on Valkey, and on Redis from version 7.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
    """
    cache = manifest.cache
    if cache.engine != "redis" or int(cache.engine_version.partition(".")[0]) >= RECENT_REDIS:
        return
    for path, value, intermediate in (
        ("cache.cluster_mode", cache.cluster_mode, "compatible"),
        ("cache.transit_encryption", cache.transit_encryption, "preferred"),
    ):
        if value == intermediate:
            yield RuleViolation(
                path,
                f"{value} needs Redis 7.0 or Valkey, but the cache is Redis {cache.engine_version}",
                "upgrade cache.engine_version first",
                ("cache.engine_version",),
            )


RULES: tuple[Rule, ...] = (
    several_shards_need_cluster_mode,
    failover_has_a_replica,
    cluster_fails_over,
    intermediate_modes_need_a_recent_engine,
    cache_authentication_needs_tls,
    cache_windows_do_not_overlap,
    cache_windows_are_long_enough,
    cluster_has_few_enough_nodes,
)
