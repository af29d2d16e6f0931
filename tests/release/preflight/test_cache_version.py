from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.cache_version import CHECK, GROUP
from catalog_platform.release.preflight.model import Status
from support.preflight import Account, a_context, a_resource, a_stack, resources, run, statuses

STACK = a_stack(Cache=f"{GROUP}=cache")


def template(engine: str, version: str) -> Any:
    return resources(Cache=a_resource(GROUP, Engine=engine, EngineVersion=version))


def offer(account: Account, *versions: str) -> None:
    found = [{"Engine": "valkey", "EngineVersion": each} for each in versions]
    account.respond("elasticache", "DescribeCacheEngineVersions", {"CacheEngineVersions": found})


def deployed(account: Account, engine: str, version: str) -> None:
    group = {"ReplicationGroupId": "cache", "MemberClusters": ["cache-001"]}
    account.respond("elasticache", "DescribeReplicationGroups", {"ReplicationGroups": [group]})
    node = {"CacheClusterId": "cache-001", "Engine": engine, "EngineVersion": version}
    account.respond(
        "elasticache",
        "DescribeCacheClusters",
        {"CacheClusters": [node]},
        {"CacheClusterId": "cache-001"},
    )


@pytest.mark.parametrize(
    ("wanted", "status"),
    [
        ("8.1", Status.PASSED),
        ("7.2", Status.PASSED),
        ("6.x", Status.PASSED),
        ("9.9", Status.FAILED),
    ],
)
def test_the_version_must_be_offered(account: Account, wanted: str, status: Status) -> None:
    offer(account, "6.2", "7.2.6", "8.1")
    (result,) = run(CHECK, a_context(account, template("valkey", wanted)))
    assert result.status is status
    if status is Status.FAILED:
        assert "8.1, 7.2.6" in result.hint


@pytest.mark.parametrize(
    ("engine", "wanted", "now", "expected"),
    [
        ("valkey", "8.1", ("valkey", "8.1.0"), []),
        ("valkey", "8.1", ("valkey", "7.2.6"), []),
        ("valkey", "8.1", ("redis", "7.1.0"), []),
        ("valkey", "7.2", ("valkey", "8.1.0"), [Status.FAILED]),
        ("redis", "7.1", ("valkey", "8.1.0"), [Status.FAILED]),
    ],
)
def test_a_deployed_cache_cannot_become_older(
    account: Account, engine: str, wanted: str, now: tuple[str, str], expected: list[Status]
) -> None:
    offer(account, wanted)
    deployed(account, *now)
    results = run(CHECK, a_context(account, template(engine, wanted), deployed=STACK))
    assert statuses(results) == [Status.PASSED, *expected]


def test_a_node_that_is_gone_is_not_compared(account: Account) -> None:
    offer(account, "8.1")
    group = {"ReplicationGroupId": "cache", "MemberClusters": ["cache-001"]}
    account.respond("elasticache", "DescribeReplicationGroups", {"ReplicationGroups": [group]})
    account.refuse("elasticache", "DescribeCacheClusters", "CacheClusterNotFound")
    results = run(CHECK, a_context(account, template("valkey", "8.1"), deployed=STACK))
    assert statuses(results) == [Status.PASSED]
