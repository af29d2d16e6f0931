from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from redis import Redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from inventory_processor.cache_marks import (
    MARK,
    MOST_RESENDS,
    RESEND_SECONDS,
    TAGS,
    Marks,
    ServerFacts,
)
from inventory_processor.ports import CacheEntry, PartialWriteError
from support.caches import Functions, processor_cache, settings
from support.servers import Server, cache_server

CATALOG = 4000
BATCHES = 150


def facts(**different: object) -> ServerFacts:
    given = {
        "run_id": "a",
        "used_memory": 90,
        "maximum_memory": 100,
        "policy": "allkeys-lru",
        "freeing": False,
    } | different
    return ServerFacts(**given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (facts(), True),
        (facts(policy="allkeys-random"), True),
        (facts(used_memory=50), True),
        (facts(used_memory=49), False),
        (facts(maximum_memory=0), False),
        (facts(policy="noeviction"), False),
        # Only keys with an expiry are evicted, and a mark has none.
        (facts(policy="volatile-lru"), False),
    ],
)
def test_eviction_explains_a_missing_mark_on_a_full_server_only(
    found: ServerFacts, expected: bool
) -> None:
    assert found.may_have_evicted is expected


def test_missing_fields_of_info_count_as_empty() -> None:
    assert ServerFacts.read("") == ServerFacts("", 0, 0, "", freeing=False)
    assert ServerFacts.read("# Server\r\nrun_id:b\r\nlazyfree_pending_objects:3\r\n") == facts(
        run_id="b", used_memory=0, maximum_memory=0, policy="", freeing=True
    )


def test_each_sixteenth_of_the_slots_has_one_mark() -> None:
    share = REDIS_CLUSTER_HASH_SLOTS // len(TAGS)

    assert [key_slot(f"{MARK}:{{{tag}}}".encode()) // share for tag in TAGS] == [*range(16)]


@contextmanager
def small_server(policy: str, maximum: str) -> Iterator[Redis]:
    with cache_server() as server, Redis(port=server.port, decode_responses=True) as client:
        client.config_set("maxmemory-policy", policy)
        client.config_set("maxmemory", maximum)
        yield client


def port_of(client: Redis) -> int:
    return int(client.connection_pool.connection_kwargs["port"])


def batch(number: int, size: int = 200) -> list[CacheEntry]:
    """A part of a catalog that does not fit, each in turn."""
    first = number * size
    return [
        CacheEntry(f"stock:{{sku-{(first + at) % CATALOG}}}", "BER", "x" * 1000, f"{number + 1}.0")
        for at in range(size)
    ]


@pytest.mark.e2e
@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "allkeys-random"])
def test_a_server_that_evicts_is_not_sent_the_catalog_repeatedly(policy: str) -> None:
    with small_server(policy, "4mb") as server:
        cache, below = processor_cache(settings(port_of(server)))
        resent = 0
        for number in range(BATCHES):
            assert cache.write(batch(number)) > 0
            if number % 10 == 5:
                # As unlucky as it gets: the mark is evicted all the time.
                server.delete(MARK)
            if cache.is_cold():
                resent += 1
                cache.mark_warm()

        assert server.info("stats")["evicted_keys"] > CATALOG
        # Once, when the server was empty.
        assert resent == 1
        below.close()


@pytest.mark.e2e
@pytest.mark.parametrize("policy", ["noeviction", "volatile-lru"])
def test_a_server_that_is_full_and_evicts_nothing_is_sent_the_catalog_a_few_times(
    policy: str,
) -> None:
    with small_server(policy, "1mb") as server:
        cache, below = processor_cache(settings(port_of(server)))
        resent = 0
        for number in range(BATCHES):
            with pytest.raises(PartialWriteError, match="maxmemory"):
                cache.write(batch(number, 5))
            if cache.is_cold():
                resent += 1
                with pytest.raises(Exception, match="maxmemory"):
                    cache.mark_warm()

        assert resent == MOST_RESENDS
        below.close()


@pytest.mark.e2e
def test_the_mark_is_in_use_and_therefore_evicted_last() -> None:
    with small_server("allkeys-lru", "0") as server:
        cache, below = processor_cache(settings(port_of(server)))
        cache.write([])
        cache.mark_warm()
        server.set("unused", 1)
        time.sleep(2.1)
        cache.write([])

        assert server.object("idletime", MARK) == 0
        assert server.object("idletime", "unused") >= 2
        below.close()


@pytest.mark.e2e
def test_content_that_is_lost_again_is_sent_again_but_not_repeatedly(empty_cache: Server) -> None:
    now = 1000.0
    _, below = processor_cache(settings(empty_cache.port))
    marks = Marks(below, clock=lambda: now)

    def lose() -> bool:
        with Redis(port=empty_cache.port) as client:
            client.flushall()
        marks.learn(below.run(marks.checks()), below.deadline())
        lost = marks.lost()
        if lost:
            marks.set()
        return lost

    assert [lose() for _ in range(MOST_RESENDS + 2)] == [True] * MOST_RESENDS + [False] * 2
    # Not forgotten: the mark is still missing when the time has come.
    now += RESEND_SECONDS
    marks.learn(below.run(marks.checks()), below.deadline())
    assert marks.lost()
    below.close()


@pytest.mark.e2e
def test_a_server_that_comes_back_empty_is_sent_everything(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with cache_server() as server:
        functions = Functions(capsys, settings(server.port))
        functions.process()
        assert not functions.cache.is_cold()
        with Redis(port=server.port) as client:
            client.flushall()
        server.stop()
        server.start()

        assert functions.process(["something-else"])["CacheRepairs"] > 0
        assert functions.process(["something-else"])["CacheRepairs"] == 0
        functions.close()


@pytest.mark.e2e
def test_a_mark_of_another_type_is_a_mark(empty_cache: Server) -> None:
    with Redis(port=empty_cache.port) as client:
        client.rpush(MARK, "text")
    cache, below = processor_cache(settings(empty_cache.port))

    cache.write([])

    assert not cache.is_cold()
    below.close()
