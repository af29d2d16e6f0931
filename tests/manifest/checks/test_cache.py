from __future__ import annotations

import pytest

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks import cache as rules
from support.models import a_manifest, violations


@pytest.mark.parametrize(
    ("shards", "cluster_mode", "found"),
    [(1, "disabled", 0), (2, "disabled", 1), (2, "compatible", 1), (2, "enabled", 0)],
)
def test_only_several_shards_need_cluster_mode(shards: int, cluster_mode: str, found: int) -> None:
    cache = {"shards": shards, "cluster_mode": cluster_mode}
    broken = violations(rules.several_shards_need_cluster_mode, cache=cache)
    assert broken == ["cache.shards"] * found


@pytest.mark.parametrize("authentication", [True, False])
@pytest.mark.parametrize("tls", ["required", "preferred", "off"])
def test_a_token_needs_tls_for_every_connection(authentication: bool, tls: str) -> None:
    cache = {"authentication": authentication, "transit_encryption": tls}
    broken = violations(rules.cache_authentication_needs_tls, cache=cache)
    assert bool(broken) == (authentication and tls != "required")


@pytest.mark.parametrize(
    ("snapshot", "maintenance", "apart", "long"),
    [
        ("03:00-04:00", "mon:04:00-mon:05:00", True, True),
        ("03:00-04:01", "mon:04:00-mon:05:00", False, True),
        ("03:00-03:59", "mon:04:00-mon:05:00", True, False),
        ("03:00-04:00", "mon:04:00-mon:04:59", True, False),
    ],
)
def test_windows_are_apart_and_an_hour_long(
    snapshot: str, maintenance: str, apart: bool, long: bool
) -> None:
    cache = {"snapshot_window": snapshot, "maintenance_window": maintenance}
    assert bool(violations(rules.cache_windows_do_not_overlap, cache=cache)) != apart
    assert bool(violations(rules.cache_windows_are_long_enough, cache=cache)) != long


@pytest.mark.parametrize(
    ("shards", "replicas", "found"),
    [
        (90, 0, []),
        (46, 1, [Severity.WARNING]),
        (83, 5, [Severity.WARNING]),
        (84, 5, [Severity.ERROR]),
    ],
)
def test_many_nodes_need_a_higher_quota_or_are_too_many(
    shards: int, replicas: int, found: list[Severity]
) -> None:
    manifest = a_manifest(cache={"shards": shards, "replicas_per_shard": replicas})
    problems = list(rules.cluster_has_few_enough_nodes(manifest))
    assert [each.severity for each in problems] == found


@pytest.mark.parametrize(
    ("replicas", "failover", "found"), [(0, True, 1), (0, False, 0), (1, True, 0), (1, False, 0)]
)
def test_only_failover_without_a_replica_is_refused(
    replicas: int, failover: bool, found: int
) -> None:
    cache = {"replicas_per_shard": replicas, "automatic_failover": failover}
    broken = violations(rules.failover_has_a_replica, cache=cache)
    assert broken == ["cache.automatic_failover"] * found


@pytest.mark.parametrize(
    ("mode", "failover", "target", "found"),
    [
        ("disabled", False, "aws", 0),
        ("compatible", False, "aws", 1),
        ("enabled", False, "aws", 1),
        ("enabled", True, "aws", 0),
        ("enabled", False, "embedded", 0),
    ],
)
def test_a_cluster_on_aws_fails_over(mode: str, failover: bool, target: str, found: int) -> None:
    cache = {"cluster_mode": mode, "automatic_failover": failover}
    broken = violations(rules.cluster_fails_over, cache=cache, release={"target": target})
    assert broken == ["cache.automatic_failover"] * found


@pytest.mark.parametrize(
    ("engine", "version", "found"),
    [("redis", "6.2", 2), ("redis", "7.0", 0), ("valkey", "7.2", 0)],
)
def test_only_an_old_engine_lacks_the_intermediate_modes(
    engine: str, version: str, found: int
) -> None:
    settled = {"engine": engine, "engine_version": version}
    rule = rules.intermediate_modes_need_a_recent_engine
    assert violations(rule, cache=settled) == []
    moving = {**settled, "cluster_mode": "compatible", "transit_encryption": "preferred"}
    both = ["cache.cluster_mode", "cache.transit_encryption"]
    assert violations(rule, cache=moving) == (both if found else [])
