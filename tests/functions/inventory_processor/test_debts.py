from __future__ import annotations

import pytest

from catalog_runtime.database import Database
from inventory_processor import debts
from inventory_processor.debts import ARTICLES_AT_ONCE
from inventory_processor.inventory import decide
from inventory_processor.ports import Debt
from inventory_processor.postgres import PostgresTruth
from support.laws import adjustment, level
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


@pytest.fixture
def truth(schema: Server, database: Database) -> PostgresTruth:
    return PostgresTruth(database)


def skus(debt: Debt | None) -> list[str]:
    assert debt is not None
    return sorted(entry.key.removeprefix("stock:{").removesuffix("}") for entry in debt.entries)


def test_nothing_is_owed_at_first(truth: PostgresTruth) -> None:
    assert truth.debt() is None
    assert not truth.apply(decide([level(1, 1, 1)])).owes


def test_what_was_noted_is_owed_with_what_holds_now_until_it_is_settled(
    truth: PostgresTruth,
) -> None:
    truth.apply(decide([level(5, 1, 1), level(6, 1, 2, sku="b")]))
    truth.owe(["a"])
    truth.owe(["a"])

    assert truth.apply(decide([adjustment(-1, 2, 3)])).owes
    debt = truth.debt()
    assert debt is not None
    assert [(entry.key, entry.value) for entry in debt.entries] == [("stock:{a}", "4")]
    truth.settle(debt)
    assert truth.debt() is None


def test_a_debt_that_is_noted_again_while_it_is_paid_stays(truth: PostgresTruth) -> None:
    truth.apply(decide([level(5, 1, 1)]))
    truth.owe(["a"])
    debt = truth.debt()
    assert debt is not None

    truth.owe(["a"])
    truth.settle(debt)

    assert skus(truth.debt()) == ["a"]


def test_everything_is_owed_in_parts_and_each_article_once(truth: PostgresTruth) -> None:
    count = 2 * ARTICLES_AT_ONCE + 7
    truth.apply(decide(level(1, 1, n, sku=f"sku-{n:05}") for n in range(1, count + 1)))
    truth.owe(None)

    paid: list[str] = []
    for part in range(3):
        debt = truth.debt()
        paid += skus(debt)
        assert debt is not None
        assert len(debt.entries) == (ARTICLES_AT_ONCE if part < 2 else 7)
        truth.settle(debt)

    assert truth.debt() is None
    assert paid == [f"sku-{n:05}" for n in range(1, count + 1)]


def test_single_articles_come_before_everything(truth: PostgresTruth) -> None:
    truth.apply(decide(level(1, 1, n, sku=f"sku-{n}") for n in range(1, 5)))
    truth.owe(None)
    truth.owe(["sku-3"])

    assert skus(truth.debt()) == ["sku-3"]


def test_what_was_tried_in_vain_is_owed_behind_what_was_not_tried(truth: PostgresTruth) -> None:
    count = ARTICLES_AT_ONCE + 3
    truth.apply(decide([level(number, 1, 1, sku=f"{number:04}") for number in range(count)]))
    truth.owe([f"{number:04}" for number in range(count)])
    first = truth.debt()
    assert first is not None

    truth.owe(skus(first))
    truth.settle(first)

    assert skus(truth.debt())[-3:] == [f"{number:04}" for number in range(count - 3, count)]


def test_a_part_that_was_read_twice_is_harmless(truth: PostgresTruth, database: Database) -> None:
    truth.apply(decide([level(1, 1, 1)]))
    truth.owe(None)
    first, second = truth.debt(), truth.debt()
    assert first is not None
    assert second is not None

    truth.settle(first)
    truth.settle(second)

    assert truth.debt() is None
    assert database.run(debts.some) is None


def test_the_rest_of_a_part_that_is_settled_already_is_not_noted_again(
    truth: PostgresTruth,
) -> None:
    count = 2 * ARTICLES_AT_ONCE + 7
    truth.apply(decide(level(1, 1, n, sku=f"sku-{n:05}") for n in range(1, count + 1)))
    truth.owe(None)
    late = truth.debt()
    assert late is not None
    while (found := truth.debt()) is not None:
        truth.settle(found)

    truth.settle(late)

    assert truth.debt() is None


def test_a_note_is_later_than_the_one_before_even_when_the_clock_is_set_back(
    truth: PostgresTruth, schema: Server
) -> None:
    truth.owe(["a"])
    with connect(schema) as connection:
        connection.execute("UPDATE cache_debt SET noted = noted + interval '1 hour'")
        ahead = connection.execute("SELECT noted FROM cache_debt").fetchone()
        truth.owe(["a"])
        assert connection.execute("SELECT noted > %s FROM cache_debt", ahead).fetchone() == (True,)
