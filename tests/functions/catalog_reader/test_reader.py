from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_reader.article import Article, Cached, Freshness
from catalog_reader.ports import CachedPage, Page, StoreError
from catalog_reader.reader import AVOID_SECONDS, LONGEST_PAGE_SECONDS, WAIT_SECONDS, Reader
from support.stock import UNKNOWN, FakeCache, FakeTable, level, stocked

NOW = 1_790_000_000.0


class World:
    """A reader between a table and a cache, at a time that only tests move."""

    def __init__(self, **articles: Article) -> None:
        self.table, self.cache, self.now = FakeTable(**articles), FakeCache(), NOW
        self.reader = Reader(
            self.table,
            self.cache,
            Freshness(stock_seconds=300, unknown_seconds=30),
            page_seconds=5,
            clock=lambda: self.now,
            sleep=self.sleep,
        )
        self.slept = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def hold(self, sku: str, article: Article, age_seconds: float = 0) -> None:
        self.cache.contents[sku] = Cached(article, int((self.now - age_seconds) * 1000))


def test_what_is_fresh_comes_from_the_cache_alone() -> None:
    world = World()
    world.hold("a", stocked(level(5)))

    assert world.reader.of_skus(["a"]) == {"a": stocked(level(5))}
    assert world.table.asked == []
    assert world.reader.counts == {"ReaderHits": 1}


def test_what_is_missing_is_read_once_and_then_cached() -> None:
    world = World(a=stocked(level(5)))

    for _ in range(3):
        assert world.reader.of_skus(["a"]) == {"a": stocked(level(5))}

    assert world.table.asked == ["a"]
    assert world.cache.contents["a"].complete_at_ms == int(NOW * 1000)


def test_an_article_that_is_not_known_is_asked_for_once_in_its_time() -> None:
    world = World()

    for _ in range(3):
        assert world.reader.of_skus(["ghost"]) == {"ghost": UNKNOWN}
    assert world.table.asked == ["ghost"]
    assert world.reader.counts["ReaderUnknownHits"] == 2

    world.now += 31
    world.table.articles_by_sku["ghost"] = stocked(level(1))
    assert world.reader.of_skus(["ghost"]) == {"ghost": stocked(level(1))}


def test_an_incomplete_article_is_not_believed() -> None:
    world = World(a=stocked(level(5), level(7, "LYS")))
    world.cache.contents["a"] = Cached(stocked(level(7, "LYS")), None)

    assert world.reader.of_skus(["a"]) == {"a": stocked(level(5), level(7, "LYS"))}


def test_what_is_stale_is_renewed_by_one_and_served_to_the_others() -> None:
    world = World(a=stocked(level(6)))
    world.hold("a", stocked(level(5)), age_seconds=301)
    world.cache.taken = {"a"}

    assert world.reader.of_skus(["a"]) == {"a": stocked(level(5))}
    assert world.table.asked == []

    world.cache.taken = set()
    assert world.reader.of_skus(["a"]) == {"a": stocked(level(6))}
    assert world.table.asked == ["a"]


def test_a_miss_that_another_reader_loads_is_waited_for() -> None:
    world = World(a=stocked(level(5)))
    world.cache.taken = {"a"}
    world.reader.sleep = lambda _: world.hold("a", stocked(level(5)))

    assert world.reader.of_skus(["a"]) == {"a": stocked(level(5))}
    assert world.table.asked == []
    assert +world.reader.counts == {"ReaderWaits": 1}


def test_a_reader_that_waits_in_vain_reads_the_database() -> None:
    world = World(a=stocked(level(5)))
    world.cache.taken = {"a"}

    assert world.reader.of_skus(["a"]) == {"a": stocked(level(5))}
    assert world.slept == pytest.approx(WAIT_SECONDS, abs=0.03)
    assert world.table.asked == ["a"]


def test_a_cache_that_fails_is_left_alone_for_a_while() -> None:
    world = World(a=stocked(level(5)))
    world.cache.away = True

    for _ in range(3):
        assert world.reader.of_skus(["a"]) == {"a": stocked(level(5))}
    assert world.cache.calls == 1

    world.cache.away = False
    world.now += AVOID_SECONDS
    world.reader.of_skus(["a"])
    assert "a" in world.cache.contents


def test_without_the_database_cached_articles_are_served() -> None:
    world = World()
    world.table.away = True
    world.hold("fresh", stocked(level(1)))
    world.hold("stale", stocked(level(2)), age_seconds=10_000)

    assert world.reader.of_skus(["fresh", "stale"]) == {
        "fresh": stocked(level(1)),
        "stale": stocked(level(2)),
    }
    with pytest.raises(StoreError, match="database: away"):
        world.reader.of_skus(["fresh", "neither"])


skus = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6)
states = st.fixed_dictionaries(
    {sku: st.sampled_from(["none", "fresh", "stale", "incomplete"]) for sku in "abcdef"}
)


@given(states, skus, st.sets(st.sampled_from("abcdef")), st.booleans())
def test_whatever_the_cache_holds_the_answer_is_complete_and_nothing_is_read_twice(
    contents: dict[str, str], asked: list[str], taken: set[str], cache_away: bool
) -> None:
    world = World(**{sku: stocked(level(ord(sku))) for sku in "abcd"})
    stored = world.table.of_skus("abcdef")
    world.table.asked.clear()
    for sku, state in contents.items():
        if state == "incomplete":
            world.cache.contents[sku] = Cached(UNKNOWN, None)
        elif state != "none":
            world.hold(sku, stored[sku], age_seconds=0 if state == "fresh" else 400)
    world.cache.taken, world.cache.away = set(taken), cache_away

    found = world.reader.of_skus(asked)

    assert found == {sku: stored[sku] for sku in asked}
    assert list(found) == asked
    assert len(world.table.asked) == len(set(world.table.asked))
    if not cache_away:
        assert not set(world.table.asked) & {sku for sku in asked if contents[sku] == "fresh"}


def test_a_page_is_read_once_in_its_time() -> None:
    world = World(a=stocked(level(1)), b=stocked(level(2)), c=stocked(level(3)))

    first = world.reader.of_warehouse("BER", "", 2)
    assert first == Page((("a", level(1)), ("b", level(2))), "b")
    assert world.reader.of_warehouse("BER", "", 2) == first
    assert world.table.asked == ["BER"]
    assert world.reader.of_warehouse("BER", "b", 2) == Page((("c", level(3)),), None)

    world.now += 5
    world.reader.of_warehouse("BER", "", 2)
    assert world.table.asked == ["BER", "BER", "BER"]


def test_an_outdated_page_is_served_while_another_reader_renews_it() -> None:
    world = World(a=stocked(level(1)))
    old = Page((("a", level(9)),), None)
    world.cache.pages["BER/2/"] = CachedPage(old, int((NOW - 6) * 1000))
    world.cache.taken = {"BER/2/"}

    assert world.reader.of_warehouse("BER", "", 2) == old
    assert world.table.asked == []


def test_pages_come_without_a_cache() -> None:
    world = World(a=stocked(level(1)))
    world.cache.away = True

    assert world.reader.of_warehouse("BER", "", 2).levels == (("a", level(1)),)


def test_a_cached_page_is_served_while_the_database_is_away() -> None:
    world = World()
    world.table.away = True
    old = Page((("a", level(9)),), None)
    world.cache.pages["BER/2/"] = CachedPage(old, int((NOW - 50) * 1000))

    assert world.reader.of_warehouse("BER", "", 2) == old
    assert +world.reader.counts == {"ReaderStale": 1, "ReaderMisses": 1}
    with pytest.raises(StoreError, match="database: away"):
        world.reader.of_warehouse("LYS", "", 2)


def test_a_page_whose_renewal_failed_is_renewed_later() -> None:
    world = World(a=stocked(level(1)))
    old = Page((("a", level(9)),), None)
    world.cache.pages["BER/2/"] = CachedPage(old, int((NOW - LONGEST_PAGE_SECONDS) * 1000))
    world.cache.taken = {"BER/2/"}

    assert world.reader.of_warehouse("BER", "", 2).levels == (("a", level(1)),)


class Replicas:
    """Replicas that are behind by a time, or away."""

    def __init__(self, lag_seconds: float = 0.0, **articles: Article) -> None:
        self.table, self.lag_seconds = FakeTable(**articles), lag_seconds

    def of_warehouse(
        self, warehouse: str, after: str, limit: int, longest_lag_seconds: float
    ) -> tuple[Page, float]:
        page = self.table.of_warehouse(warehouse, after, limit)
        if self.lag_seconds > longest_lag_seconds:
            raise StoreError("replica: behind")
        return page, self.lag_seconds


def test_pages_come_from_a_replica_and_articles_do_not() -> None:
    world = World(a=stocked(level(2)))
    world.reader.replicas = Replicas(a=stocked(level(1)))

    assert world.reader.of_warehouse("BER", "", 2).levels == (("a", level(1)),)
    assert world.reader.of_skus(["a"]) == {"a": stocked(level(2))}
    assert world.table.asked == ["a"]
    assert world.reader.counts["ReaderReplicaPages"] == 1


def test_a_page_from_a_replica_is_as_old_as_the_replica() -> None:
    world = World()
    world.reader.replicas = replicas = Replicas(lag_seconds=2.0, a=stocked(level(1)))

    world.reader.of_warehouse("BER", "", 2)
    assert world.cache.pages["BER/2/"].read_at_ms == int((NOW - 2) * 1000)
    world.now += 2.9
    world.reader.of_warehouse("BER", "", 2)
    assert replicas.table.asked == ["BER"]
    world.now += 0.2
    world.reader.of_warehouse("BER", "", 2)
    assert replicas.table.asked == ["BER", "BER"]


@pytest.mark.parametrize(("lag", "away"), [(2.6, False), (0.0, True)])
def test_a_replica_that_is_away_or_behind_is_not_used_for_a_while(lag: float, away: bool) -> None:
    world = World(a=stocked(level(2)))
    world.reader.replicas = replicas = Replicas(lag_seconds=lag, a=stocked(level(1)))
    replicas.table.away = away

    for after in ("", "0", "1"):
        assert world.reader.of_warehouse("BER", after, 2).levels == (("a", level(2)),)
    assert world.reader.counts["ReaderReplicaFailures"] == 1

    replicas.lag_seconds, replicas.table.away = 0.0, False
    world.now += AVOID_SECONDS
    assert world.reader.of_warehouse("BER", "2", 2).levels == (("a", level(1)),)


def test_articles_whose_server_is_away_come_from_the_database_the_others_do_not() -> None:
    world = World(a=stocked(level(1)), b=stocked(level(2)))
    world.hold("a", stocked(level(1)))
    world.cache.unreachable = {"b"}

    for _ in range(2):
        assert world.reader.of_skus(["a", "b"]) == {"a": stocked(level(1)), "b": stocked(level(2))}

    assert world.table.asked == ["b", "b"]
    # The read and the filling; the cache is still asked.
    assert world.reader.counts["ReaderCacheFailures"] == 4
    assert world.reader.counts["ReaderHits"] == 2
