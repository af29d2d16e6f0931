"""The processor and the reader while a real cluster of six servers changes under their hands."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from redis.crc import key_slot

from inventory_processor.cache_marks import MARK
from support.caches import (
    PROCESSOR_SECONDS,
    SKUS,
    Functions,
    articles_of,
    eventually,
    filled,
    settings,
    within,
)
from support.cloud import FakeSecretsManager
from support.valkey_cluster import ValkeyCluster, set_password

pytestmark = pytest.mark.e2e


@pytest.fixture
def functions(cluster: ValkeyCluster, capsys: pytest.CaptureFixture[str]) -> Iterator[Functions]:
    with filled(Functions(capsys, settings(cluster.port, cluster_mode=True))) as found:
        yield found


def test_a_replica_takes_over_without_a_batch_that_fails(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    cluster.fail_over(cluster.primaries()[0])

    assert functions.process()["CacheFailures"] == 0
    assert functions.in_cache() == set(SKUS)
    assert not functions.cache.is_cold()


def test_a_primary_that_dies_costs_its_articles_until_a_replica_takes_over(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    dead = cluster.primaries()[0]
    missing = articles_of([dead], cluster)
    dead.kill()
    try:
        with within(PROCESSOR_SECONDS):
            assert functions.process()["CacheFailures"] == 1
        assert functions.store.stale_skus == missing

        eventually(lambda: functions.process()["CacheFailures"] == 0)
        assert functions.in_cache() == set(SKUS)
    finally:
        dead.start()


def test_a_shard_that_dies_with_its_replica_comes_back_empty_and_is_filled(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    functions.process()
    primary = cluster.primaries()[0]
    missing = articles_of([primary], cluster)
    dead = cluster.shard(primary)
    for node in reversed(dead):
        node.kill()
    try:
        with within(PROCESSOR_SECONDS):
            assert functions.process()["CacheFailures"] == 1
        assert functions.store.stale_skus == missing
        assert functions.in_cache() == set(SKUS) - missing
    finally:
        for node in dead:
            node.start()
    cluster.wait_until_ok()

    # What was not part of a batch meanwhile is brought back as well.
    functions.store.stale_skus.clear()
    eventually(functions.recovers)


def test_slots_that_move_while_batches_are_written_lose_nothing(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    target = cluster.primaries()[-1]
    source = next(node for node in cluster.primaries() if node is not target)
    sku = sorted(articles_of([source], cluster))[0]
    first = key_slot(f"stock:{{{sku}}}".encode())
    moving = threading.Thread(target=cluster.move_slots, args=(first, first + 10, target))
    moving.start()
    while moving.is_alive():
        assert functions.process()["CacheFailures"] == 0
        assert "ReaderCacheFailures" not in functions.read()
    moving.join()

    assert functions.process()["CacheFailures"] == 0
    assert functions.in_cache() == set(SKUS)


def test_an_article_whose_slot_is_between_two_servers_is_written_and_read(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    key = f"stock:{{{SKUS[0]}}}"
    source = cluster.primary_of(key)
    target = next(node for node in cluster.primaries() if node is not source)
    slot = key_slot(key.encode())
    cluster.begin_move(slot, target)
    try:
        assert functions.process()["CacheFailures"] == 0
        cluster.move_key(key, target)
        assert functions.process()["CacheFailures"] == 0
        assert functions.in_cache([SKUS[0]]) == {SKUS[0]}
        # One of its two hashes is here and one there: whole scripts have to wait.
        functions.table.articles_by_sku[SKUS[0]] = functions.table.articles_by_sku[SKUS[1]]
        functions.stock.fill({SKUS[1]: functions.table.articles_by_sku[SKUS[1]]}, 1)
    finally:
        cluster.move_slots(slot, slot, target)


def test_a_token_that_is_rotated_server_by_server_is_followed(
    cluster: ValkeyCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = FakeSecretsManager(token="old")
    cluster.set_password("old")
    found = Functions(
        capsys, settings(cluster.port, cluster_mode=True, secret_arn="token"), secrets
    )
    try:
        assert found.process()["CacheFailures"] == 0
        found.read()
        found.in_cache()
        secrets.secrets["token"] = "new"
        for node in cluster.nodes:
            set_password(node, "new")
            node.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            assert found.process()["CacheFailures"] == 0
            assert found.in_cache() == set(SKUS)
        # Each of the three caches, at first and when it was refused.
        assert len(secrets.fetched) <= 6
    finally:
        found.close()
        cluster.set_password("")


def test_the_loss_of_one_primary_s_content_is_noticed_and_made_good(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    functions.process()
    assert not functions.cache.is_cold()
    cluster.primaries()[1].ask("FLUSHALL")

    counts = functions.process(["something-else"])

    assert counts["CacheRepairs"] > 0
    assert not functions.cache.is_cold()
    assert functions.process()["CacheRepairs"] == 0


def test_a_primary_that_evicts_is_not_taken_for_one_that_lost_its_content(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    functions.process()
    full = cluster.primaries()[0]
    used = full.ask("INFO", "memory")["used_memory"]
    cluster.configure("maxmemory-policy", "allkeys-lru")
    full.ask("CONFIG", "SET", "maxmemory", used + 100_000)
    try:
        marks = full.ask("KEYS", f"{MARK}*")
        assert marks
        full.ask("DEL", marks[0])
        counts = functions.process()
        assert (counts["CacheFailures"], counts["CacheRepairs"]) == (0, 0)
        assert not functions.cache.is_cold()
        assert full.ask("EXISTS", marks[0]) == 1
    finally:
        cluster.configure("maxmemory", 0)
        cluster.configure("maxmemory-policy", "noeviction")
