from __future__ import annotations

import itertools
import random
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from catalog_reader.article import NOT_CACHED, Article, Cached, Fact, Level, Version
from catalog_reader.cache import RedisStockCache
from catalog_reader.ports import CachedPage, Page, StoreError
from catalog_runtime.cache import Cache, CacheSettings
from catalog_runtime.secrets import Secrets
from support.cloud import FakeSecretsManager
from support.servers import Server
from support.stock import UNKNOWN, level, stocked

pytestmark = pytest.mark.e2e


def stock_cache(port: int, **changes: Any) -> RedisStockCache:
    secrets = Secrets(changes.pop("secrets", FakeSecretsManager()))
    options = {"tls": False, "cluster_mode": False, "secret_arn": "", **changes}
    settings = CacheSettings(host="127.0.0.1", port=port, **options)
    cache = Cache(settings, secrets, connect_seconds=0.5, reply_seconds=0.5)
    return RedisStockCache(cache, unknown_seconds=0.2)


@pytest.fixture
def cache(empty_cache: Server) -> Iterator[RedisStockCache]:
    found = stock_cache(empty_cache.port)
    yield found
    found.close()


snapshots = st.lists(
    st.lists(
        st.builds(
            Level,
            st.sampled_from(["x", "y"]),
            st.integers(-10, 10**9),
            st.builds(
                Version, st.sampled_from([0, 9, 10, 2**53, 2**53 + 1]), st.integers(0, 10**60)
            ),
        ),
        unique_by=lambda each: each.warehouse,
        max_size=2,
    ),
    max_size=6,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(snapshots, st.randoms(use_true_random=False))
def test_an_article_never_goes_back_in_time_whatever_the_order_of_fills(
    empty_cache: Server, cache: RedisStockCache, found: list[list[Level]], chance: random.Random
) -> None:
    with Redis(port=empty_cache.port) as client:
        client.flushall()
    newest: dict[str, Level] = {}
    for each in itertools.chain(*found):
        known = newest.get(each.warehouse)
        if known is None or each.version > known.version:
            newest[each.warehouse] = each
    order = list(enumerate(found, start=1))
    chance.shuffle(order)

    for at, levels in order:
        cache.fill({"a": Article(tuple(levels))}, at)

    cached = cache.read(["a"])["a"]
    assert {each.warehouse: each.version for each in cached.article.levels} == {
        warehouse: each.version for warehouse, each in newest.items()
    }
    assert cached.complete_at_ms == (len(found) or None)


def test_an_article_that_is_not_known_is_forgotten_in_time(cache: RedisStockCache) -> None:
    cache.fill({"ghost": UNKNOWN}, 5)
    assert cache.read(["ghost"])["ghost"] == Cached(UNKNOWN, 5)

    time.sleep(0.3)
    assert cache.read(["ghost"])["ghost"] == Cached(UNKNOWN, None)


def test_an_article_that_became_known_stays(cache: RedisStockCache) -> None:
    cache.fill({"a": UNKNOWN}, 5)
    cache.fill({"a": stocked(level(5))}, 6)

    time.sleep(0.3)
    assert cache.read(["a"])["a"] == Cached(stocked(level(5)), 6)


def test_facts_are_cached_beside_the_stock(cache: RedisStockCache) -> None:
    price = Fact("price", '{"amount":5,"currency":"EUR"}', Version(7))
    name = Fact("description", '{"name":"a: b"}', Version(8))
    article = Article((level(5),), (name, price))

    assert cache.fill({"a": article, "b": Article((), (name,))}, 9) == 4
    assert cache.fill({"a": Article((), (price._replace(value="1"),))}, 10) == 0

    assert cache.read(["a", "b"]) == {
        "a": Cached(article, 10),
        "b": Cached(Article((), (name,)), 9),
    }


def test_an_article_of_which_one_half_was_evicted_is_not_complete(
    empty_cache: Server, cache: RedisStockCache
) -> None:
    cache.fill({"a": stocked(level(5))}, 9)
    with Redis(port=empty_cache.port) as client:
        client.delete("product:{a}")

    assert cache.read(["a"])["a"] == Cached(stocked(level(5)), None)


def test_only_one_gets_the_turn_and_filling_ends_it(
    empty_cache: Server, cache: RedisStockCache
) -> None:
    other = stock_cache(empty_cache.port)

    assert cache.take_turns(["a", "b"]) == {"a", "b"}
    assert other.take_turns(["b", "c"]) == {"c"}
    cache.fill({"b": stocked(level(1))}, 1)
    assert other.take_turns(["b"]) == {"b"}


def test_pages_are_cached_and_an_invalid_page_is_none(
    empty_cache: Server, cache: RedisStockCache
) -> None:
    page = CachedPage(Page((("a", level(5)),), "a"), 7)
    assert cache.take_turns(["BER/10/"]) == {"BER/10/"}
    cache.fill_page("BER/10/", page)

    assert cache.read_page("BER/10/") == page
    assert cache.read_page("BER/10/a") is None
    assert cache.take_turns(["BER/10/"]) == {"BER/10/"}
    with Redis(port=empty_cache.port) as client:
        client.set("page:{BER/10/}", "[1, 2]")
    assert cache.read_page("BER/10/") is None


def test_a_server_that_lost_the_script_is_sent_it_again(
    empty_cache: Server, cache: RedisStockCache
) -> None:
    cache.fill({"a": stocked(level(1))}, 1)
    with Redis(port=empty_cache.port) as client:
        client.script_flush()

    assert cache.fill({"a": stocked(level(2, time=2)), "b": stocked(level(2))}, 2) == 2


def test_a_cache_that_does_not_answer_is_an_error_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        with pytest.raises(StoreError, match="Timeout"):
            stock_cache(silent.getsockname()[1]).read(["a"])

    assert time.monotonic() - began < 2


def test_a_key_of_another_type_is_not_read_and_is_filled_anew(
    empty_cache: Server, cache: RedisStockCache
) -> None:
    with Redis(port=empty_cache.port) as client:
        client.set("stock:{a}", "text")
        client.rpush("product:{b}", "text")

        assert cache.read(["a", "b"]) == {"a": NOT_CACHED, "b": NOT_CACHED}
        assert client.keys() == []
        client.set("stock:{a}", "text")

    assert cache.fill({"a": stocked(level(1)), "b": stocked(level(2))}, 1) == 2
    assert cache.read(["a"]) == {"a": Cached(stocked(level(1)), 1)}


def test_a_secret_that_cannot_be_fetched_is_an_error_of_the_source(empty_cache: Server) -> None:
    with pytest.raises(StoreError, match="no such secret"):
        stock_cache(empty_cache.port, secret_arn="gone").read(["a"])
