from __future__ import annotations

import random
import shutil
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from catalog_runtime.cache import Cache, CacheSettings
from catalog_runtime.secrets import Secrets
from inventory_processor import wiring
from inventory_processor.cache import FIELDS_PER_CALL, RedisCache
from inventory_processor.ports import CacheEntry, EffectError
from support.certificates import self_signed_server
from support.cloud import FakeSecretsManager
from support.servers import Server, cache_server

pytestmark = pytest.mark.e2e

_times = st.sampled_from([0, 9, 10, 2**53, 2**53 + 1])
entries = st.lists(
    st.builds(
        CacheEntry,
        key=st.sampled_from(["stock:{a}", "stock:{b}", "product:{a}"]),
        field=st.sampled_from(["x", "y"]),
        value=st.integers(-9, 10**9).map(str) | st.just('{"a": "b:1.2"}'),
        version=st.builds("{}.{}".format, _times, st.integers(0, 10**60)),
    ),
    unique_by=lambda entry: entry.version,
    max_size=20,
)


def redis_cache(port: int, **changes: Any) -> RedisCache:
    secrets = FakeSecretsManager(**changes.pop("secrets", {}))
    options = {"tls": False, "cluster_mode": False, "secret_arn": "", **changes}
    return behind(CacheSettings(host="127.0.0.1", port=port, **options), Secrets(secrets))


def behind(settings: CacheSettings, secrets: Secrets) -> RedisCache:
    return RedisCache(
        Cache(
            settings,
            secrets,
            connect_seconds=wiring.CACHE_CONNECT_SECONDS,
            reply_seconds=wiring.CACHE_REPLY_SECONDS,
        )
    )


def entry(sku: str, field: str, value: object, time: int, sequence: int = 0) -> CacheEntry:
    return CacheEntry(f"stock:{{{sku}}}", field, str(value), f"{time}.{sequence}")


def newest(batch: list[CacheEntry]) -> dict[tuple[str, str], str]:
    ordered = sorted(batch, key=lambda entry: tuple(map(int, entry.version.split("."))))
    return {(entry.key, entry.field): f"{entry.value}:{entry.version}" for entry in ordered}


def cached(port: int) -> dict[tuple[str, str], str]:
    with Redis(port=port, decode_responses=True) as client:
        return {
            (key, field): text
            for key in client.scan_iter("*{*}")
            for field, text in client.hgetall(key).items()
        }


@pytest.fixture(scope="module")
def cluster() -> Iterator[Server]:
    with cache_server(cluster=True) as server:
        yield server


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(entries, st.integers(0, 20), st.randoms(use_true_random=False))
def test_whatever_the_order_the_greatest_version_of_each_field_stays(
    empty_cache: Server, batch: list[CacheEntry], cut: int, chance: random.Random
) -> None:
    with Redis(port=empty_cache.port) as client:
        client.flushall()
    cache = redis_cache(empty_cache.port)
    shuffled = batch.copy()
    chance.shuffle(shuffled)

    cache.write(shuffled[:cut])
    cache.write(shuffled[cut:])
    assert cache.write(batch) == 0

    assert cached(empty_cache.port) == newest(batch)


def test_the_quantity_stands_before_the_first_colon(empty_cache: Server) -> None:
    redis_cache(empty_cache.port).write([entry("SKU-1", "BER", 5, 1_790_000_000_000_000, 77)])

    with Redis(port=empty_cache.port, decode_responses=True) as client:
        assert client.hget("stock:{SKU-1}", "BER") == "5:1790000000000000.77"


def test_a_value_that_is_not_ours_is_replaced(empty_cache: Server) -> None:
    with Redis(port=empty_cache.port) as client:
        client.hset("stock:{a}", "x", "broken")

    assert redis_cache(empty_cache.port).write([entry("a", "x", 1, 1, 1)]) == 1


def test_a_server_that_lost_the_script_is_sent_it_again(empty_cache: Server) -> None:
    cache = redis_cache(empty_cache.port)
    cache.write([entry("a", "x", 1, 1, 1)])
    with Redis(port=empty_cache.port) as client:
        client.script_flush()

    assert cache.write([entry("a", "x", 2, 2, 2), entry("b", "x", 2, 2, 2)]) == 2


def test_more_entries_than_one_call_takes_are_all_written(empty_cache: Server) -> None:
    batch = [entry(f"sku-{n}", "x", n, 1) for n in range(2 * FIELDS_PER_CALL + 1)]

    assert redis_cache(empty_cache.port).write(batch) == len(batch)
    assert cached(empty_cache.port) == newest(batch)


def test_what_the_previous_processor_wrote_is_neither_kept_nor_lost_by_mistake(
    empty_cache: Server,
) -> None:
    with Redis(port=empty_cache.port) as client:
        client.hset("stock:{a}", "x", "7:1790000000000000.49590338271490256608559692538361571095")
    cache = redis_cache(empty_cache.port)

    assert cache.write([entry("a", "x", 3, 1_789_999_999_999_999)]) == 0
    assert cache.write([entry("a", "x", -3, 1_790_000_000_000_001)]) == 1
    assert cached(empty_cache.port)["stock:{a}", "x"] == "-3:1790000000000001.0"


def test_a_cache_is_cold_until_it_is_marked_warm(empty_cache: Server) -> None:
    cache = redis_cache(empty_cache.port)
    cache.write([entry("a", "x", 1, 1)])
    assert cache.is_cold()

    cache.mark_warm()
    cache.write([])

    assert not cache.is_cold()
    with Redis(port=empty_cache.port) as client:
        client.flushall()
    cache.write([entry("a", "x", 1, 1)])
    assert cache.is_cold()


def test_a_cluster_is_written_across_its_slots(cluster: Server) -> None:
    cache = redis_cache(cluster.port, cluster_mode=True)
    batch = [entry(f"sku-{number}", "x", number, 5, number) for number in range(50)]

    assert cache.write(batch) == 50
    assert cache.write(batch) == 0
    assert cache.write([entry("sku-7", "x", 1, 4, 99), entry("sku-7", "y", 1, 4, 9)]) == 1

    assert cached(cluster.port)["stock:{sku-7}", "x"] == "7:5.7"


def test_a_key_of_another_type_is_overwritten(empty_cache: Server) -> None:
    with Redis(port=empty_cache.port) as client:
        client.set("stock:{a}", "text")
        client.rpush("stock:{b}", "text")
    batch = [entry(sku, "x", 1, 1, 1) for sku in "abc"]

    assert redis_cache(empty_cache.port).write(batch) == 3
    assert cached(empty_cache.port) == newest(batch)


def test_an_entry_outlives_the_lifetime_that_a_reader_gave_to_an_unknown_article(
    empty_cache: Server,
) -> None:
    cache = redis_cache(empty_cache.port)
    with Redis(port=empty_cache.port) as client:
        for sku, written in (("a", 9), ("b", 1)):
            client.hset(f"stock:{{{sku}}}", mapping={"*": "5", "x": f"2:{written}.0"})
            client.pexpire(f"stock:{{{sku}}}", 60_000)

        # Also where the entry is the older one: the lifetime is wrong either way.
        assert cache.write([entry(sku, "x", 1, 5) for sku in "ab"]) == 1

        assert [client.pttl(f"stock:{{{sku}}}") for sku in "ab"] == [-1, -1]


def test_a_cache_that_does_not_answer_is_an_error_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(EffectError, match="Timeout"):
            redis_cache(silent.getsockname()[1]).write([entry("a", "x", 1, 1, 1)])

    assert time.monotonic() - began < 4


def test_a_secret_that_cannot_be_fetched_is_an_effect_error(empty_cache: Server) -> None:
    with pytest.raises(EffectError, match="no such secret"):
        redis_cache(empty_cache.port, secret_arn="gone").write([entry("a", "x", 1, 1, 1)])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl for a certificate")
def test_a_server_without_a_trusted_certificate_is_refused_and_sent_nothing(tmp_path: Path) -> None:
    with (
        self_signed_server(tmp_path) as (port, received),
        pytest.raises(EffectError, match="certificate verify failed"),
    ):
        redis_cache(port, tls=True).write([entry("a", "x", 1, 1, 1)])

    assert b"".join(received) == b""
