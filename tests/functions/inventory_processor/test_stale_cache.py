from __future__ import annotations

import pytest

from catalog_runtime.database import Database
from inventory_processor import stale_cache
from inventory_processor.inventory import reduce_batch
from inventory_processor.ports import StaleEntries
from inventory_processor.postgres import PostgresStockStore
from inventory_processor.stale_cache import ARTICLES_AT_ONCE
from support.laws import adjustment, level
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


@pytest.fixture
def store(schema: Server, database: Database) -> PostgresStockStore:
    return PostgresStockStore(database)


def skus(stale: StaleEntries | None) -> list[str]:
    assert stale is not None
    return sorted(entry.key.removeprefix("stock:{").removesuffix("}") for entry in stale.entries)


def test_nothing_is_stale_at_first(store: PostgresStockStore) -> None:
    assert store.next_stale() is None
    assert not store.apply(reduce_batch([level(1, 1, 1)])).has_stale


def test_marked_articles_are_stale_with_current_values_until_they_are_cleared(
    store: PostgresStockStore,
) -> None:
    store.apply(reduce_batch([level(5, 1, 1), level(6, 1, 2, sku="b")]))
    store.mark_stale(["a"])
    store.mark_stale(["a"])

    assert store.apply(reduce_batch([adjustment(-1, 2, 3)])).has_stale
    stale = store.next_stale()
    assert stale is not None
    assert [(entry.key, entry.value) for entry in stale.entries] == [("stock:{a}", "4")]
    store.clear(stale)
    assert store.next_stale() is None


def test_an_article_that_is_marked_again_while_it_is_written_stays_stale(
    store: PostgresStockStore,
) -> None:
    store.apply(reduce_batch([level(5, 1, 1)]))
    store.mark_stale(["a"])
    stale = store.next_stale()
    assert stale is not None

    store.mark_stale(["a"])
    store.clear(stale)

    assert skus(store.next_stale()) == ["a"]


def test_the_whole_catalog_is_sent_in_parts_and_each_article_once(
    store: PostgresStockStore,
) -> None:
    count = 2 * ARTICLES_AT_ONCE + 7
    store.apply(reduce_batch(level(1, 1, n, sku=f"sku-{n:05}") for n in range(1, count + 1)))
    store.mark_stale(None)

    sent: list[str] = []
    for part in range(3):
        stale = store.next_stale()
        sent += skus(stale)
        assert stale is not None
        assert len(stale.entries) == (ARTICLES_AT_ONCE if part < 2 else 7)
        store.clear(stale)

    assert store.next_stale() is None
    assert sent == [f"sku-{n:05}" for n in range(1, count + 1)]


def test_single_articles_come_before_everything(store: PostgresStockStore) -> None:
    store.apply(reduce_batch(level(1, 1, n, sku=f"sku-{n}") for n in range(1, 5)))
    store.mark_stale(None)
    store.mark_stale(["sku-3"])

    assert skus(store.next_stale()) == ["sku-3"]


def test_articles_that_failed_come_after_those_not_yet_tried(
    store: PostgresStockStore,
) -> None:
    count = ARTICLES_AT_ONCE + 3
    store.apply(reduce_batch([level(number, 1, 1, sku=f"{number:04}") for number in range(count)]))
    store.mark_stale([f"{number:04}" for number in range(count)])
    first = store.next_stale()
    assert first is not None

    store.mark_stale(skus(first))
    store.clear(first)

    assert skus(store.next_stale())[-3:] == [f"{number:04}" for number in range(count - 3, count)]


def test_a_part_that_was_read_twice_is_harmless(
    store: PostgresStockStore, database: Database
) -> None:
    store.apply(reduce_batch([level(1, 1, 1)]))
    store.mark_stale(None)
    first, second = store.next_stale(), store.next_stale()
    assert first is not None
    assert second is not None

    store.clear(first)
    store.clear(second)

    assert store.next_stale() is None
    assert database.run(stale_cache.next_entries) is None


def test_the_remainder_of_a_part_that_is_cleared_already_is_not_marked_again(
    store: PostgresStockStore,
) -> None:
    count = 2 * ARTICLES_AT_ONCE + 7
    store.apply(reduce_batch(level(1, 1, n, sku=f"sku-{n:05}") for n in range(1, count + 1)))
    store.mark_stale(None)
    late = store.next_stale()
    assert late is not None
    while (found := store.next_stale()) is not None:
        store.clear(found)

    store.clear(late)

    assert store.next_stale() is None


def test_a_mark_is_later_than_the_one_before_even_when_the_clock_is_set_back(
    store: PostgresStockStore, schema: Server
) -> None:
    store.mark_stale(["a"])
    with connect(schema) as connection:
        connection.execute("UPDATE stale_cache_entry SET noted = noted + interval '1 hour'")
        ahead = connection.execute("SELECT noted FROM stale_cache_entry").fetchone()
        store.mark_stale(["a"])
        later = connection.execute("SELECT noted > %s FROM stale_cache_entry", ahead)
        assert later.fetchone() == (True,)
