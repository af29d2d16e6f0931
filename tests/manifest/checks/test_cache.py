from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import cache as rules
from support.models import violations


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
    broken = violations(rules.authentication_needs_encryption, cache=cache)
    assert bool(broken) == (authentication and not tls)


@pytest.mark.parametrize(
    ("engine", "version", "offered"),
    [
        ("valkey", "7.2", True),
        ("valkey", "9.0", True),
        ("valkey", "6.2", False),
        ("valkey", "10.0", False),
        ("redis", "6.2", True),
        ("redis", "7.1", True),
        ("redis", "5.0", False),
        ("redis", "8.0", False),
    ],
)
def test_an_engine_has_its_own_range_of_versions(engine: str, version: str, offered: bool) -> None:
    cache = {"engine": engine, "engine_version": version}
    assert bool(violations(rules.engine_has_the_version, cache=cache)) != offered


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
    assert bool(violations(rules.cache_windows_are_apart, cache=cache)) != apart
    assert bool(violations(rules.cache_windows_are_long_enough, cache=cache)) != long
