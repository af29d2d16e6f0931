"""Rules about the cache."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

DEFAULT_NODES = 90
MAXIMUM_NODES = 500


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


def authentication_needs_encryption(manifest: Manifest) -> Iterator[RuleViolation]:
    """Cache authentication requires TLS: ElastiCache accepts a token over TLS only."""
    cache = manifest.cache
    if cache.authentication and not cache.transit_encryption:
        yield RuleViolation(
            "cache.authentication",
            "true needs TLS, but cache.transit_encryption is false",
            "set cache.transit_encryption to true, or cache.authentication to false",
            ("cache.transit_encryption",),
        )


def cache_windows_are_apart(manifest: Manifest) -> Iterator[RuleViolation]:
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

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html
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
    authentication_needs_encryption,
    cache_windows_are_apart,
    cache_windows_are_long_enough,
    cluster_has_few_enough_nodes,
)
