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
def truth(schema: Server, database: Database) -> PostgresStockStore:
    return PostgresStockStore(database)


def skus(stale: StaleEntries | None) -> list[str]:
    assert stale is not None
    return sorted(entry.key.removeprefix("stock:{").removesuffix("}") for entry in stale.entries)


def test_nothing_is_owed_at_first(truth: PostgresStockStore) -> None:
    assert truth.next_stale() is None
    assert not truth.apply(reduce_batch([level(1, 1, 1)])).has_stale


def test_what_was_noted_is_owed_with_what_holds_now_until_it_is_settled(
    store: PostgresStockStore,
) -> None:
    truth.apply(reduce_batch([level(5, 1, 1), level(6, 1, 2, sku="b")]))
    truth.mark_stale(["a"])
    truth.mark_stale(["a"])

    assert truth.apply(reduce_batch([adjustment(-1, 2, 3)])).has_stale
    stale = truth.next_stale()
    assert stale is not None
    assert [(entry.key, entry.value) for entry in stale.entries] == [("stock:{a}", "4")]
    truth.clear(stale)
    assert truth.next_stale() is None


def test_a_debt_that_is_noted_again_while_it_is_paid_stays(truth: PostgresStockStore) -> None:
    truth.apply(reduce_batch([level(5, 1, 1)]))
    truth.mark_stale(["a"])
    stale = truth.next_stale()
    assert stale is not None

    truth.mark_stale(["a"])
    truth.clear(stale)

    assert skus(truth.next_stale()) == ["a"]


def test_everything_is_owed_in_parts_and_each_article_once(truth: PostgresStockStore) -> None:
    count = 2 * ARTICLES_AT_ONCE + 7
    truth.apply(reduce_batch(level(1, 1, n, sku=f"sku-{n:05}") for n in range(1, count + 1)))
    truth.mark_stale(None)

    paid: list[str] = []
    for part in range(3):
        stale = truth.next_stale()
        paid += skus(stale)
        assert stale is not None
        assert len(stale.entries) == (ARTICLES_AT_ONCE if part < 2 else 7)
        truth.clear(stale)

    assert truth.next_stale() is None
    assert paid == [f"sku-{n:05}" for n in range(1, count + 1)]


def test_single_articles_come_before_everything(truth: PostgresStockStore) -> None:
    truth.apply(reduce_batch(level(1, 1, n, sku=f"sku-{n}") for n in range(1, 5)))
    truth.mark_stale(None)
    truth.mark_stale(["sku-3"])

    assert skus(truth.next_stale()) == ["sku-3"]


def test_what_was_tried_in_vain_is_owed_behind_what_was_not_tried(
    truth: PostgresStockStore,
) -> None:
    count = ARTICLES_AT_ONCE + 3
    truth.apply(reduce_batch([level(number, 1, 1, sku=f"{number:04}") for number in range(count)]))
    truth.mark_stale([f"{number:04}" for number in range(count)])
    first = truth.next_stale()
    assert first is not None

    truth.mark_stale(skus(first))
    truth.clear(first)

    assert skus(truth.next_stale())[-3:] == [f"{number:04}" for number in range(count - 3, count)]


def test_a_part_that_was_read_twice_is_harmless(
    truth: PostgresStockStore, database: Database
) -> None:
    truth.apply(reduce_batch([level(1, 1, 1)]))
    truth.mark_stale(None)
    first, second = truth.next_stale(), truth.next_stale()
    assert first is not None
    assert second is not None

    truth.clear(first)
    truth.clear(second)

    assert truth.next_stale() is None
    assert database.run(stale_cache.some) is None


def test_the_rest_of_a_part_that_is_settled_already_is_not_noted_again(
    store: PostgresStockStore,
) -> None:
    count = 2 * ARTICLES_AT_ONCE + 7
    truth.apply(reduce_batch(level(1, 1, n, sku=f"sku-{n:05}") for n in range(1, count + 1)))
    truth.mark_stale(None)
    late = truth.next_stale()
    assert late is not None
    while (found := truth.next_stale()) is not None:
        truth.clear(found)

    truth.clear(late)

    assert truth.next_stale() is None


def test_a_note_is_later_than_the_one_before_even_when_the_clock_is_set_back(
    store: PostgresStockStore, schema: Server
) -> None:
    truth.mark_stale(["a"])
    with connect(schema) as connection:
        connection.execute("UPDATE cache_debt SET noted = noted + interval '1 hour'")
        ahead = connection.execute("SELECT noted FROM cache_debt").fetchone()
        truth.mark_stale(["a"])
        assert connection.execute("SELECT noted > %s FROM cache_debt", ahead).fetchone() == (True,)
