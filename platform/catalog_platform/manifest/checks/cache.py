"""Rules about the cache."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks import window
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

FIRST_VERSION = {"valkey": 7, "redis": 6}
LAST_VERSION = {"valkey": 9, "redis": 7}
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


def authentication_needs_encryption(manifest: Manifest) -> Iterator[RuleViolation]:
    """Cache authentication requires TLS: ElastiCache accepts a token over TLS only."""
    cache = manifest.cache
    if cache.authentication and not cache.transit_encryption:
        yield RuleViolation(
            "cache.authentication",
            "true needs TLS, but cache.transit_encryption is false",
            TLS_HINT[manifest.release.target],
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


def engine_has_the_version(manifest: Manifest) -> Iterator[RuleViolation]:
    """ElastiCache offers the engine version: Valkey from 7.2, Redis up to 7.1."""
    cache = manifest.cache
    major = int(cache.engine_version.partition(".")[0])
    low, high = FIRST_VERSION[cache.engine], LAST_VERSION[cache.engine]
    if not low <= major <= high:
        yield RuleViolation(
            "cache.engine_version",
            f"ElastiCache does not offer {cache.engine} {cache.engine_version}",
            f"use a major version of {cache.engine} from {low} to {high}",
            ("cache.engine",),
        )


RULES: tuple[Rule, ...] = (
    several_shards_need_cluster_mode,
    authentication_needs_encryption,
    cache_windows_are_apart,
    cache_windows_are_long_enough,
    engine_has_the_version,
)
