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
TLS_HINT = {
    "aws": "set cache.transit_encryption to true",
    "embedded": "set cache.authentication to false: the embedded AWS does not support TLS",
}


def several_shards_need_cluster_mode(manifest: Manifest) -> Iterator[RuleViolation]:
    """More than one shard requires cluster mode."""
    cache = manifest.cache
    if cache.shards > 1 and not cache.cluster_mode:
        yield RuleViolation(
            "cache.shards",
            f"{cache.shards} shards need cluster mode, but cache.cluster_mode is false",
            "set cache.cluster_mode to true, or cache.shards to 1",
            ("cache.cluster_mode",),
        )


def cache_authentication_needs_tls(manifest: Manifest) -> Iterator[RuleViolation]:
    """Cache authentication requires TLS: ElastiCache accepts a token over TLS only."""
    cache = manifest.cache
    if cache.authentication and not cache.transit_encryption:
        yield RuleViolation(
            "cache.authentication",
            "true needs TLS, but cache.transit_encryption is false",
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


RULES: tuple[Rule, ...] = (
    several_shards_need_cluster_mode,
    cache_authentication_needs_tls,
    cache_windows_do_not_overlap,
    cache_windows_are_long_enough,
    cluster_has_few_enough_nodes,
)
