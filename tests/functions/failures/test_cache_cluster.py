"""The processor and the reader while a real cluster of six servers fails in every way it can."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalog_reader.ports import StoreError
from catalog_runtime import cache_servers
from support.caches import (
    PROCESSOR_SECONDS,
    READER_SECONDS,
    SKUS,
    Functions,
    articles_of,
    eventually,
    filled,
    settings,
    within,
)
from support.certificates import self_signed
from support.cloud import FakeSecretsManager
from support.valkey_cluster import ValkeyCluster, valkey_cluster

pytestmark = pytest.mark.e2e


@pytest.fixture
def functions(cluster: ValkeyCluster, capsys: pytest.CaptureFixture[str]) -> Iterator[Functions]:
    with filled(Functions(capsys, settings(cluster.port, cluster_mode=True))) as found:
        yield found


@pytest.mark.parametrize("failure", ["refuse", "hang"])
def test_without_any_server_batches_are_done_and_the_database_answers(
    cluster: ValkeyCluster, functions: Functions, failure: str
) -> None:
    for node in cluster.nodes:
        getattr(node.forwarder, failure)()

    with within(PROCESSOR_SECONDS):
        assert functions.process()["CacheFailures"] == 1
    assert functions.store.stale_skus == set(SKUS)
    with within(READER_SECONDS):
        assert functions.read() == {"ReaderMisses": len(SKUS), "ReaderCacheFailures": 1}

    for node in cluster.nodes:
        assert node.forwarder is not None
        node.forwarder.restore()
    eventually(functions.recovers)


@pytest.mark.parametrize("failure", ["refuse", "hang"])
def test_without_most_servers_the_articles_of_the_others_are_written_and_read(
    cluster: ValkeyCluster, functions: Functions, failure: str
) -> None:
    lost = cluster.primaries()[:2]
    missing = articles_of(lost, cluster)
    nodes = [*cluster.shard(lost[0]), *cluster.shard(lost[1])]
    for node in nodes:
        getattr(node.forwarder, failure)()

    with within(PROCESSOR_SECONDS):
        assert functions.process()["CacheFailures"] == 1
    assert functions.store.stale_skus == missing
    with within(READER_SECONDS):
        counts = functions.read()
    assert counts["ReaderMisses"] == len(missing)
    assert counts["ReaderHits"] == len(SKUS) - len(missing)
    assert counts["ReaderCacheFailures"] >= 1
    # They are left alone now, the others are not.
    with within(0):
        assert functions.read()["ReaderHits"] == len(SKUS) - len(missing)
        one = sorted(missing)[0]
        assert functions.read([one])["ReaderMisses"] == 1
        assert functions.read()["ReaderHits"] == len(SKUS) - len(missing)
    assert functions.in_cache() == set(SKUS) - missing

    for node in nodes:
        assert node.forwarder is not None
        node.forwarder.discard()
    eventually(functions.recovers)


def test_a_slow_network_is_waited_for_within_the_limits(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    for node in cluster.nodes:
        assert node.forwarder is not None
        node.forwarder.delay(0.05)
    assert functions.process()["CacheFailures"] == 0
    assert "ReaderMisses" not in functions.read()


def test_an_answer_that_is_cut_off_is_asked_for_again(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    for node in cluster.primaries():
        assert node.forwarder is not None
        node.forwarder.cut_after(5)

    assert functions.process()["CacheFailures"] == 0
    assert functions.in_cache() == set(SKUS)


def test_a_wrong_token_is_fetched_again_but_not_repeatedly(
    cluster: ValkeyCluster, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = FakeSecretsManager(token="wrong")
    cluster.set_password("right")
    found = Functions(
        capsys, settings(cluster.port, cluster_mode=True, secret_arn="token"), secrets
    )
    try:
        for _ in range(5):
            assert found.process(SKUS)["CacheFailures"] == 1
            assert found.read()["ReaderMisses"] == len(SKUS)
        assert found.store.stale_skus == set(SKUS)
        assert len(secrets.fetched) <= 6

        secrets.secrets["token"] = "right"
        eventually(lambda: found.process()["CacheFailures"] == 0)
        eventually(found.recovers)
    finally:
        found.close()
        cluster.set_password("")


def test_a_full_cluster_that_evicts_nothing_refuses_entries_one_by_one(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    cluster.configure("maxmemory-policy", "noeviction")
    full = cluster.primaries()[0]
    full.ask("CONFIG", "SET", "maxmemory", 1)
    missing = articles_of([full], cluster)
    try:
        assert functions.process()["CacheFailures"] == 1
        assert functions.store.stale_skus == missing
        assert functions.read() == {"ReaderHits": len(SKUS)}
    finally:
        full.ask("CONFIG", "SET", "maxmemory", 0)
    eventually(functions.recovers)


def test_a_cluster_behind_tls_is_written_and_read_at_the_addresses_it_announces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with valkey_cluster(replicas=0, tls=certificate.server_context()) as secured:
        found = Functions(capsys, settings(secured.port, tls=True, cluster_mode=True))
        assert found.process()["CacheFailures"] == 1
        monkeypatch.setattr(cache_servers, "DEFAULT_CA_BUNDLE", str(certificate.certificate))
        eventually(lambda: found.process()["CacheFailures"] == 0)
        found.read()
        assert found.in_cache() == set(SKUS)
        found.close()


def test_keys_of_wrong_types_in_a_cluster_are_overwritten(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    owners = cluster.primaries_of(SKUS)
    for node in cluster.primaries():
        with node.client() as client:
            for sku in (sku for sku in SKUS if owners[sku] is node):
                client.set(f"stock:{{{sku}}}", "text")
                client.set(f"product:{{{sku}}}", "text")

    functions.read()
    assert functions.process()["CacheFailures"] == 0
    assert functions.in_cache() == set(SKUS)


def test_a_flush_empties_every_primary_and_the_processor_sends_the_catalog_again(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    functions.stock.flush()

    assert functions.in_cache() == set()
    for node in cluster.primaries():
        with node.client() as client:
            assert client.dbsize() == 0
    eventually(functions.recovers)


def test_a_flush_without_one_primary_is_an_error_that_can_be_repeated(
    cluster: ValkeyCluster, functions: Functions
) -> None:
    node = cluster.primaries()[0]
    assert node.forwarder is not None
    node.forwarder.refuse()
    with pytest.raises(StoreError):
        functions.stock.flush()

    node.forwarder.restore()
    functions.stock.flush()
    assert functions.in_cache() == set()
