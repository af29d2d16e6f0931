from __future__ import annotations

import itertools
import random
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_runtime.database import Database
from inventory_processor.inventory import Change, Fact, ReducedBatch, reduce_batch
from inventory_processor.ports import Applied, CacheEntry, EffectError
from inventory_processor.postgres import PostgresStockStore
from support.laws import Model, StockItem, adjustment, change_lists, level, moment
from support.servers import Server, connect

pytestmark = pytest.mark.e2e

TABLES = "stock_level, stock_adjustment, product_fact, stale_cache_entry"
many_runs = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def empty(server: Server) -> None:
    with connect(server) as connection:
        connection.execute(f"TRUNCATE {TABLES}")


def quantities(server: Server) -> dict[StockItem, int]:
    with connect(server) as connection:
        rows: Any = connection.execute("SELECT sku, warehouse, quantity FROM stock_level")
        return {(sku, warehouse): quantity for sku, warehouse, quantity in rows}


def facts(server: Server) -> dict[StockItem, object]:
    with connect(server) as connection:
        rows: Any = connection.execute("SELECT sku, name, value FROM product_fact")
        return {(sku, name): value for sku, name, value in rows}


def stored_adjustments(server: Server) -> int:
    with connect(server) as connection:
        (row,) = connection.execute("SELECT count(*) FROM stock_adjustment").fetchall()
        return int(str(row[0]))


def apply(database: Database, *changes: Change) -> Applied:
    return PostgresStockStore(database).apply(reduce_batch(changes))


def entries(applied: Applied) -> dict[str, str]:
    return {f"{entry.key} {entry.field}": entry.value for entry in applied.current}


@many_runs
@given(change_lists(), st.lists(st.integers(0, 14)), st.randoms(use_true_random=False))
def test_whatever_the_order_the_batches_and_the_repetitions_the_end_is_that_of_the_model(
    schema: Server,
    database: Database,
    changes: list[Change],
    cuts: list[int],
    chance: random.Random,
) -> None:
    empty(schema)
    delivered = changes + changes[::2]
    chance.shuffle(delivered)
    edges = sorted({0, len(delivered), *(cut for cut in cuts if cut < len(delivered))})

    for begin, end in itertools.pairwise(edges):
        seen = Model(delivered[:end])
        batch = delivered[begin:end]
        current = entries(apply(database, *batch))
        for change in batch:
            if not isinstance(change, Fact):
                item = change.sku, change.warehouse
                key = f"stock:{{{change.sku}}} {change.warehouse}"
                assert current[key] == str(seen.quantities()[item])

    assert quantities(schema) == Model(changes).quantities()
    assert facts(schema) == Model(changes).facts()
    assert apply(database, *changes).changed == 0


@many_runs
@given(change_lists(), st.randoms(use_true_random=False))
def test_the_version_of_a_row_grows_with_every_change_of_it(
    schema: Server, database: Database, changes: list[Change], chance: random.Random
) -> None:
    empty(schema)
    chance.shuffle(changes)
    seen: dict[tuple[str, str], CacheEntry] = {}

    for change in changes:
        for entry in apply(database, change).current:
            before = seen.get((entry.key, entry.field), entry)
            assert Decimal(entry.version) >= Decimal(before.version)
            if entry.value != before.value:
                assert Decimal(entry.version) > Decimal(before.version)
            seen[entry.key, entry.field] = entry


QUANTITIES = {
    "adjustments are added to the count before them": (
        [[level(10, 1, 1), adjustment(-3, 2, 2), adjustment(5, 3, 3)]],
        12,
    ),
    "adjustments without a count start from 0": ([[adjustment(-3, 2, 2)]], -3),
    "a late count keeps the adjustments that happened after it": (
        [[adjustment(-1, 1, 1), adjustment(-2, 5, 2)], [level(100, 3, 3)]],
        98,
    ),
    "at the same time the sequence number decides": (
        [[adjustment(-1, 3, 1), level(100, 3, 2), adjustment(-10, 3, 3)]],
        90,
    ),
    "a put that is repeated after a count of the same time does not count again": (
        [[adjustment(-1, 3, 1, "sale")], [level(100, 3, 2)], [adjustment(-1, 3, 3, "sale")]],
        100,
    ),
    "a put after a count of the same time": (
        [[level(100, 3, 2)], [adjustment(-1, 3, 3, "sale")]],
        99,
    ),
    "the first put arrives after its repetition": (
        [[level(100, 3, 2)], [adjustment(-1, 3, 3, "sale")], [adjustment(-1, 3, 1, "sale")]],
        100,
    ),
    "a sum may leave the bounds of a count": (
        [[level(1_000_000_000, 1, 1), adjustment(1_000_000_000, 2, 2)]],
        2_000_000_000,
    ),
}


@pytest.mark.parametrize(("batches", "quantity"), QUANTITIES.values(), ids=QUANTITIES)
def test_counts_and_adjustments_add_up_to_the_quantity(
    schema: Server, database: Database, batches: list[list[Change]], quantity: int
) -> None:
    for batch in batches:
        apply(database, *batch)

    assert quantities(schema) == {("a", "x"): quantity}


def test_an_adjustment_that_arrives_after_a_later_count_is_in_that_count_already(
    schema: Server, database: Database
) -> None:
    apply(database, level(100, 3, 1))

    assert apply(database, adjustment(-1, 2, 2)).changed == 0
    assert quantities(schema) == {("a", "x"): 100}


def test_a_put_that_turns_out_to_be_earlier_writes_the_row_of_its_stock_item_once(
    schema: Server, database: Database
) -> None:
    before = apply(database, adjustment(-3, 1, 7, "sale"))
    lowered = apply(database, adjustment(-3, 1, 3, "sale"))
    again = apply(database, adjustment(-3, 1, 3, "sale"), adjustment(-3, 1, 7, "sale"))

    assert entries(lowered) == entries(before)
    assert (lowered.changed, again.changed) == (1, 0)
    assert Decimal(lowered.current[0].version) > Decimal(before.current[0].version)
    assert again.current == lowered.current


def test_a_count_clears_the_adjustments_that_it_includes(
    schema: Server, database: Database
) -> None:
    apply(database, *(adjustment(-1, second, second) for second in range(1, 30)))
    assert stored_adjustments(schema) == 29

    apply(database, level(5, 60, 100))

    assert stored_adjustments(schema) == 0
    assert apply(database, *(adjustment(-1, second, second) for second in range(1, 30))) == Applied(
        0, apply(database, level(5, 60, 100)).current, has_stale=False
    )


def test_facts_replace_each_other_and_leave_stock_alone(schema: Server, database: Database) -> None:
    newer = Fact("a", "price", {"amount": 5, "currency": "EUR"}, moment(2), Decimal(2))
    older = Fact("a", "price", {"amount": 9, "currency": "EUR"}, moment(1), Decimal(3))
    gone = Fact("a", "discontinued", True, moment(3), Decimal(4))
    described = Fact(
        "a", "description", {"name": "Lamp", "attributes": {"w": 5}}, moment(1), Decimal(5)
    )

    apply(database, newer, level(3, 1, 1))
    applied = apply(database, older, gone, described)

    assert applied.changed == 2
    assert '"amount": 5' in entries(applied)["product:{a} price"]
    with connect(schema) as connection:
        row = connection.execute(
            "SELECT name, attributes, price_amount, price_currency, discontinued FROM product"
        ).fetchone()
    assert row == ("Lamp", {"w": 5}, 5, "EUR", True)
    assert quantities(schema) == {("a", "x"): 3}


def test_texts_reach_the_database_unchanged(schema: Server, database: Database) -> None:
    printable = "".join(map(chr, range(ord("!"), ord("~") + 1)))
    ids = ["NULL", printable[:64], printable[64:], *printable]
    control = "".join(map(chr, range(1, 32)))
    text = f"{printable} \x7f\x85\u2028é😀{control}"
    described = {"name": text, "attributes": {"a.b-c_d": text, "n": -5, "yes": True}}

    apply(
        database,
        *(adjustment(1, 1, at, name, sku="NULL") for at, name in enumerate(ids)),
        level(3, 1, 1, sku="null", warehouse="NULL"),
        Fact("NULL", "description", described, moment(1), Decimal(10**60 + 1)),
    )

    assert facts(schema) == {("NULL", "description"): described}
    assert quantities(schema) == {("NULL", "x"): len(ids), ("null", "NULL"): 3}
    with connect(schema) as connection:
        rows: Any = connection.execute("SELECT event_id FROM stock_adjustment").fetchall()
        assert sorted(name for (name,) in rows) == sorted(ids)
        row = connection.execute("SELECT sequence_number FROM product_fact").fetchone()
    assert row == (10**60 + 1,)


def test_a_statement_that_waits_too_long_for_a_lock_is_cancelled(
    schema: Server, database: Database
) -> None:
    impatient = Database(
        database._settings, database._login, application="test", statement_seconds=0.3
    )
    with connect(schema) as other, other.transaction():
        other.execute("LOCK TABLE stock_level")
        began = time.monotonic()
        with pytest.raises(EffectError, match=r"(lock|statement) timeout"):
            apply(impatient, level(1, 1, 1))
    impatient.close()

    assert time.monotonic() - began < 3


def test_a_database_without_the_table_is_an_effect_error(
    schema: Server, database: Database
) -> None:
    with connect(schema) as connection:
        connection.execute("DROP TABLE stock_level CASCADE")

    with pytest.raises(EffectError, match=r"42P01.*stock_level"):
        apply(database, level(1, 1, 1))


def test_an_error_that_quotes_a_row_is_reported_without_the_row(database: Database) -> None:
    with pytest.raises(EffectError, match="violates check constraint") as raised:
        apply(database, level(1, 1, 123456789, sku="s" * 65))

    assert "123456789" not in str(raised.value)


def test_an_empty_decision_changes_nothing(database: Database) -> None:
    assert PostgresStockStore(database).apply(ReducedBatch([], [], [])) == Applied(
        0, [], has_stale=False
    )
