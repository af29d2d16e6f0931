"""The processor and the reader while a real single server fails in every way it can."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from catalog_runtime import cache_servers
from support.caches import (
    PROCESSOR_SECONDS,
    READER_SECONDS,
    SKUS,
    Functions,
    eventually,
    filled,
    settings,
    within,
)
from support.certificates import self_signed
from support.cloud import FakeSecretsManager
from support.forwarder import Forwarder, forwarder
from support.servers import Server, cache_server

pytestmark = pytest.mark.e2e

ALL_MISSED = {"ReaderMisses": len(SKUS), "ReaderCacheFailures": 1}


@pytest.fixture
def network(empty_cache: Server) -> Iterator[Forwarder]:
    with forwarder(empty_cache.port) as found:
        yield found


@pytest.fixture
def functions(network: Forwarder, capsys: pytest.CaptureFixture[str]) -> Iterator[Functions]:
    with filled(Functions(capsys, settings(network.port))) as found:
        yield found


@pytest.fixture
def server(empty_cache: Server) -> Iterator[Redis]:
    with Redis(port=empty_cache.port, decode_responses=True) as client:
        yield client


@pytest.mark.parametrize("failure", ["refuse", "hang"])
def test_a_server_that_is_away_costs_a_bound_time_and_nothing_else(
    network: Forwarder, functions: Functions, failure: str
) -> None:
    getattr(network, failure)()

    with within(PROCESSOR_SECONDS):
        assert functions.process()["CacheFailures"] == 1
    assert functions.store.stale_skus == set(SKUS)
    with within(READER_SECONDS):
        assert functions.read() == ALL_MISSED

    network.discard()
    eventually(functions.recovers)


def test_a_slow_server_is_waited_for_within_the_limits(
    network: Forwarder, functions: Functions
) -> None:
    network.delay(0.05)
    assert functions.process()["CacheFailures"] == 0
    assert functions.read() == {"ReaderHits": len(SKUS)}

    network.delay(5)
    with within(PROCESSOR_SECONDS):
        assert functions.process()["CacheFailures"] == 1
    with within(READER_SECONDS):
        assert functions.read() == ALL_MISSED
    network.discard()


def test_a_server_that_sends_byte_by_byte_is_left_behind(functions: Functions) -> None:
    # No single wait for bytes is too long, all together are.
    def trickle(*_: Any) -> list[Any]:
        time.sleep(2 * PROCESSOR_SECONDS)
        return []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache_servers, "_send", trickle)
        with within(PROCESSOR_SECONDS):
            assert functions.process()["CacheFailures"] == 1
        with within(READER_SECONDS):
            assert functions.read() == ALL_MISSED


def test_an_answer_that_is_cut_off_is_asked_for_again(
    network: Forwarder, functions: Functions
) -> None:
    network.cut_after(3)
    assert functions.process()["CacheFailures"] == 0
    network.cut_after(40)
    assert functions.read() == {"ReaderHits": len(SKUS)}


def test_a_replica_takes_over_behind_the_same_name(
    empty_cache: Server, network: Forwarder, functions: Functions
) -> None:
    with cache_server() as other, Redis(port=other.port) as replica:
        replica.replicaof("127.0.0.1", empty_cache.port)
        eventually(lambda: replica.info("replication")["master_link_status"] == "up")
        eventually(lambda: replica.dbsize() > len(SKUS))
        # The name leads to the new primary; a kept connection would lead to the old one.
        replica.replicaof("NO", "ONE")
        with Redis(port=empty_cache.port) as demoted:
            demoted.replicaof("127.0.0.1", other.port)
            network.target = other.port
            try:
                assert functions.process()["CacheFailures"] == 0
                assert functions.read() == {"ReaderHits": len(SKUS)}
                assert functions.in_cache() == set(SKUS)
                assert not functions.cache.is_cold()
            finally:
                demoted.replicaof("NO", "ONE")


def test_a_server_that_stays_read_only_is_read_and_noted_as_stale(
    server: Redis, functions: Functions
) -> None:
    # A replica whose primary is gone keeps its content.
    server.replicaof("127.0.0.1", 1)
    try:
        assert functions.process()["CacheFailures"] == 1
        assert functions.store.stale_skus == set(SKUS)
        assert functions.read() == {"ReaderHits": len(SKUS)}
        # What is not cached is read from the database, each time; the rest still is not.
        functions.table.articles_by_sku["other"] = functions.table.articles_by_sku[SKUS[0]]
        for _ in range(2):
            counts = functions.read([*SKUS, "other"])
            assert (counts["ReaderHits"], counts["ReaderMisses"]) == (len(SKUS), 1)
    finally:
        server.replicaof("NO", "ONE")
    eventually(functions.recovers)


def test_a_token_that_was_rotated_is_followed_on_new_and_on_existing_connections(
    server: Redis, network: Forwarder, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = FakeSecretsManager(token="old")
    found = Functions(capsys, settings(network.port, secret_arn="token"), secrets)
    try:
        server.config_set("requirepass", "old")
        found.process()
        found.read()
        secrets.secrets["token"] = "new"
        server.config_set("requirepass", "new")
        # Connections that exist stay accepted.
        assert found.process()["CacheFailures"] == 0
        assert len(secrets.fetched) == 2

        network.reset_connections()
        assert found.process()["CacheFailures"] == 0
        assert found.read() == {"ReaderHits": len(SKUS)}
        assert len(secrets.fetched) == 4
    finally:
        found.close()
        server.config_set("requirepass", "")


def test_a_wrong_token_is_no_reason_to_fetch_the_secret_repeatedly(
    server: Redis, network: Forwarder, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = FakeSecretsManager(token="wrong")
    found = Functions(capsys, settings(network.port, secret_arn="token"), secrets)
    server.config_set("requirepass", "right")
    try:
        for _ in range(20):
            assert found.process(SKUS[:1])["CacheFailures"] == 1
        assert found.read() == ALL_MISSED
        assert len(secrets.fetched) <= 6

        # The cache follows the secret, or the secret the cache.
        server.config_set("requirepass", "wrong")
        assert found.process()["CacheFailures"] == 0
        eventually(found.recovers)
    finally:
        found.close()
        server.config_set("requirepass", "")


def test_rights_that_were_taken_away_are_a_refused_token(
    server: Redis, network: Forwarder, capsys: pytest.CaptureFixture[str]
) -> None:
    secrets = FakeSecretsManager(token="any")
    found = Functions(capsys, settings(network.port, secret_arn="token"), secrets)
    try:
        server.execute_command("ACL", "SETUSER", "default", "-evalsha", "-eval", "-hgetall")
        assert found.process()["CacheFailures"] == 1
        assert found.read() == ALL_MISSED
        assert len(secrets.fetched) == 4
    finally:
        server.execute_command("ACL", "SETUSER", "default", "+@all")
        found.close()


def test_a_full_server_that_evicts_nothing_is_read_and_noted_as_stale(
    server: Redis, functions: Functions
) -> None:
    server.config_set("maxmemory-policy", "noeviction")
    server.config_set("maxmemory", "1")
    try:
        assert functions.process()["CacheFailures"] == 1
        assert functions.store.stale_skus == set(SKUS)
        assert functions.read() == {"ReaderHits": len(SKUS)}
        server.config_resetstat()
        # Batch and backlog are tried once each; what is refused is not tried on and on.
        functions.process()
        assert server.info("commandstats")["cmdstat_evalsha"]["calls"] <= 4
    finally:
        server.config_set("maxmemory", "0")
    eventually(functions.recovers)


def test_a_script_that_blocks_the_server_costs_a_bound_time(
    server: Redis, functions: Functions
) -> None:
    server.config_set("busy-reply-threshold", "1")
    with Redis(port=server.connection_pool.connection_kwargs["port"]) as other:
        pool = other.connection_pool.get_connection()
        pool.send_command("EVAL", "while true do end", "0")
        time.sleep(0.1)
        try:
            with within(PROCESSOR_SECONDS):
                assert functions.process()["CacheFailures"] == 1
            with within(READER_SECONDS):
                assert functions.read()["ReaderMisses"] == len(SKUS)
        finally:
            eventually(lambda: _killed(server))
            pool.disconnect()
            other.connection_pool.release(pool)
            server.config_set("busy-reply-threshold", "5000")
    eventually(functions.recovers)


def test_keys_of_wrong_types_are_overwritten_and_do_not_block_others(
    server: Redis, functions: Functions
) -> None:
    for sku in SKUS[:9]:
        for kind in ("stock", "product"):
            server.set(f"{kind}:{{{sku}}}", "text")
    assert functions.process()["CacheFailures"] == 0
    server.set(f"stock:{{{SKUS[3]}}}", "text")
    server.set(f"turn:{{{SKUS[3]}}}", "no expiry")
    functions.read()

    assert functions.process()["CacheFailures"] == 0
    assert functions.in_cache() == set(SKUS)
    assert functions.read() == {"ReaderHits": len(SKUS)}


def test_a_hash_with_more_fields_than_any_article_is_dropped(
    server: Redis, functions: Functions
) -> None:
    server.hset(f"stock:{{{SKUS[0]}}}", mapping={f"field-{n}": "x" for n in range(10_001)})

    functions.read()
    functions.process()

    assert functions.in_cache() == set(SKUS)


def test_a_server_behind_tls_is_trusted_by_its_certificate_alone(
    empty_cache: Server,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certificate = self_signed(tmp_path)
    with forwarder(empty_cache.port, certificate.server_context()) as secured:
        found = Functions(capsys, settings(secured.port, tls=True))
        assert found.process()["CacheFailures"] == 1
        monkeypatch.setattr(cache_servers, "DEFAULT_CA_BUNDLE", str(certificate.certificate))
        assert found.process()["CacheFailures"] == 0
        found.read()
        assert found.in_cache() == set(SKUS)
        found.close()


def _killed(server: Redis) -> bool:
    try:
        server.execute_command("SCRIPT", "KILL")
    except ResponseError as error:
        return "NOTBUSY" in str(error)
    return False
