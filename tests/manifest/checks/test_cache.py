from __future__ import annotations

import pytest

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks import cache as rules
from support.models import a_manifest, violations


@pytest.mark.parametrize(
    ("shards", "cluster_mode", "found"), [(1, False, 0), (2, False, 1), (2, True, 0)]
)
def test_only_several_shards_need_cluster_mode(shards: int, cluster_mode: bool, found: int) -> None:
    cache = {"shards": shards, "cluster_mode": cluster_mode}
    broken = violations(rules.several_shards_need_cluster_mode, cache=cache)
    assert broken == ["cache.shards"] * found


@pytest.mark.parametrize("authentication", [True, False])
@pytest.mark.parametrize("tls", [True, False])
def test_only_a_token_without_tls_is_refused(authentication: bool, tls: bool) -> None:
    cache = {"authentication": authentication, "transit_encryption": tls}
    broken = violations(rules.cache_authentication_needs_tls, cache=cache)
    assert bool(broken) == (authentication and not tls)


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
