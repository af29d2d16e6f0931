from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from catalog_reader import query
from catalog_reader.article import Article, Cached, Freshness
from catalog_reader.cache import RedisStockCache
from catalog_reader.cached_values import CLOCK_SKEW_MS, LAST_REVISION, are_valid, read_page
from catalog_reader.ports import CachedPage, Page, StoreError
from catalog_reader.reader import Reader
from support import caches
from support.servers import Server
from support.stock import FakeTable, level, stocked

NOW_MS = 1_790_000_000_000
PAGE = CachedPage(Page((("a", level(5)),), None), NOW_MS - 1000)

# What is nearly ours is more dangerous than noise.
NUMBERS = ["0", "-1", "5", str(2**63), "9" * 19, str(LAST_REVISION + 1), "9" * 20, "1e5", "٣"]
values = st.one_of(
    st.binary(max_size=40),
    st.builds(
        lambda value, revision, sequence: f"{value}:{revision}.{sequence}".encode(),
        st.sampled_from([*NUMBERS, "[]", '{"name":1}', '"\\ud800"', "[" * 2000, "NaN", "null"]),
        st.sampled_from(NUMBERS),
        st.sampled_from(NUMBERS),
    ),
    st.sampled_from(NUMBERS).map(str.encode),
)
names = st.sampled_from([b"*", b"BER", b"price", b"description", b"discontinued", b"\xff", b""])
hashes = st.dictionaries(names, values, min_size=1, max_size=4)
pages = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"[" * 5000, b'{"page":[[["a",["b",1,[9,9]]]],null],"read_at_ms":1e400}']),
    st.builds(
        lambda quantity, revision, at: json.dumps(
            [[[["a", ["BER", quantity, [revision, 1]]]], None], at]
        ).encode(),
        st.sampled_from([5, -1, 2**63, 10**40, 1.5, "5", None]),
        st.sampled_from([1, -1, LAST_REVISION + 1, 10**30]),
        st.sampled_from([0, -1, 10**15, 2**70, NOW_MS]),
    ),
)
kinds = st.sampled_from(["string", "list", "hash", "set", "none"])


@pytest.fixture
def cache(empty_cache: Server) -> Iterator[RedisStockCache]:
    found = caches.reader_cache(caches.settings(empty_cache.port))
    yield found
    found.close()


def put(client: Redis, key: str, kind: str, fields: dict[bytes, bytes], text: bytes) -> None:
    client.delete(key)
    match kind:
        case "string":
            client.set(key, text)
        case "list":
            client.rpush(key, text)
        case "set":
            client.sadd(key, text)
        case "hash":
            client.hset(key, mapping=fields)  # type: ignore[arg-type]


@pytest.mark.e2e
@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(kinds, min_size=4, max_size=4), hashes, hashes, pages, st.booleans())
def test_no_content_of_the_cache_makes_a_reader_fail(
    empty_cache: Server,
    cache: RedisStockCache,
    chosen: list[str],
    stock: dict[bytes, bytes],
    product: dict[bytes, bytes],
    text: bytes,
    database_away: bool,
) -> None:
    table = FakeTable(a=stocked(level(5)))
    table.away = database_away
    allowed = (StoreError,) if database_away else ()
    reader = Reader(table, cache, Freshness(300, 30), page_seconds=5, sleep=lambda _: None)
    with Redis(port=empty_cache.port) as client:
        put(client, "stock:{a}", chosen[0], stock, text)
        put(client, "product:{a}", chosen[1], product, text)
        put(client, "page:{BER/10/}", chosen[2], stock, text)
        put(client, "turn:{a}", chosen[3], stock, text)

    for _ in range(2):
        asked: list[Any] = [
            lambda: query.of_articles(reader.of_skus(["a"])),
            lambda: query.of_page(reader.of_warehouse("BER", "", 10)),
        ]
        for ask in asked:
            with contextlib.suppress(*allowed):
                json.dumps(ask())
    assert "ReaderCacheFailures" not in reader.counts


@pytest.mark.e2e
def test_invalid_values_are_removed(empty_cache: Server, cache: RedisStockCache) -> None:
    table = FakeTable(a=stocked(level(5)))
    reader = Reader(table, cache, Freshness(300, 30), page_seconds=5)
    with Redis(port=empty_cache.port) as client:
        client.hset("stock:{a}", mapping={"BER": "5:1.1", "LYS": "many", "*": "9" * 18})
        client.set("page:{BER/10/}", "[" * 5000)
        client.set("turn:{a}", "never ends")

    for _ in range(2):
        assert reader.of_skus(["a"]) == {"a": stocked(level(5))}
        reader.of_warehouse("BER", "", 10)

    assert table.asked == ["a", "BER"]


def valid(stock: dict[str, str], product: dict[str, str]) -> bool:
    return are_valid(Cached.read(stock, product), stock, product, NOW_MS)


@pytest.mark.parametrize(
    ("stock", "product"),
    [
        ({}, {}),
        ({"BER": "5:1.1"}, {"*": "1"}),
        ({"BER": f"-5:{LAST_REVISION}.{'9' * 56}", "*": str(NOW_MS)}, {}),
        ({}, {"description": '{"name":"a","attributes":{"b":true,"c":1,"d":"e"}}:1.0'}),
        ({}, {"price": '{"amount":5,"currency":"EUR"}:1.0', "discontinued": "true:1.0"}),
        # A fact of a later version of the processor.
        ({}, {"weight": "[5]:1.0"}),
    ],
)
def test_values_that_our_functions_write_are_valid(
    stock: dict[str, str], product: dict[str, str]
) -> None:
    assert valid(stock, product)


@pytest.mark.parametrize(
    ("stock", "product"),
    [
        ({"BER": "many:1.1"}, {}),
        ({"BER": f"{2**63}:1.1"}, {}),
        ({"BER": f"5:{LAST_REVISION + 1}.1"}, {}),
        ({"*": "soon"}, {}),
        ({"*": str(NOW_MS + CLOCK_SKEW_MS + 1)}, {}),
        ({}, {"price": "5:1.0"}),
        ({}, {"description": '["a"]:1.0'}),
        ({}, {"description": '{"name":"a","quantity":7}:1.0'}),
        ({}, {"discontinued": "1:1.0"}),
        ({}, {"weight": "[" * 100_000 + ":1.0"}),
    ],
)
def test_values_that_no_function_writes_are_invalid(
    stock: dict[str, str], product: dict[str, str]
) -> None:
    assert not valid(stock, product)


def test_a_page_reads_back_and_one_from_the_future_does_not() -> None:
    later = PAGE._replace(read_at_ms=NOW_MS + 10**6)

    assert read_page(msgspec.json.encode(PAGE), NOW_MS) == PAGE
    assert read_page(msgspec.json.encode(later), NOW_MS) is None
    assert read_page(b"", NOW_MS) is None


@pytest.mark.e2e
@pytest.mark.parametrize("unknown_first", [False, True])
def test_an_article_written_around_an_unknown_answer_stays(
    empty_cache: Server, unknown_first: bool
) -> None:
    """A reader saw nothing in the database; the processor writes before or after its answer."""
    processor, below = caches.processor_cache(caches.settings(empty_cache.port))
    reader = RedisStockCache(below, unknown_seconds=0.2)
    steps = [
        lambda: reader.fill({"a": Article()}, 5),
        lambda: processor.write([caches.entry("a", 3)]),
    ]
    for step in steps if unknown_first else reversed(steps):
        step()

    time.sleep(0.3)

    assert reader.read(["a"])["a"].article.levels[0].quantity == 3
    with Redis(port=empty_cache.port) as client:
        assert client.ttl("stock:{a}") == -1
    below.close()
