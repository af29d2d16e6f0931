from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from catalog_reader import loader as loading
from catalog_reader.loader import Loader
from support.stock import FakeCache, FakeTable, level, stocked


@given(st.integers(0, 25), st.integers(1, 7), st.booleans())
def test_every_article_is_loaded_in_however_many_portions(
    count: int, at_once: int, in_time: bool
) -> None:
    table = FakeTable(**{f"sku-{number:02}": stocked(level(number)) for number in range(count)})
    cache = FakeCache()
    loading.ARTICLES_AT_ONCE, before = at_once, loading.ARTICLES_AT_ONCE
    try:
        loader = Loader(table, cache, lambda: in_time, clock=lambda: 7.0)
        articles = 0
        cursor: str | None = ""
        while cursor is not None:
            done = loader.warm(cursor)
            articles, cursor = articles + done.articles, done.cursor
            assert done.failure is None
    finally:
        loading.ARTICLES_AT_ONCE = before

    assert articles == count
    assert {sku: cached.article for sku, cached in cache.contents.items()} == table.articles_by_sku
    assert {cached.complete_at_ms for cached in cache.contents.values()} <= {7000}


def test_a_store_that_fails_leaves_a_place_to_go_on_from() -> None:
    cache = FakeCache()
    cache.away = True

    done = Loader(FakeTable(a=stocked(level(1))), cache, lambda: True).warm("")

    assert (done.cursor, done.failure, done.articles) == ("", "cache: away", 0)


def test_articles_that_the_cache_refuses_do_not_end_the_warming() -> None:
    table = FakeTable(**{f"sku-{number:02}": stocked(level(number)) for number in range(9)})
    cache = FakeCache()
    cache.unreachable = {"sku-03"}

    done = Loader(table, cache, lambda: True).warm("")

    assert (done.articles, done.written, done.failed, done.cursor) == (9, 8, 1, None)
    assert done.failure is None
