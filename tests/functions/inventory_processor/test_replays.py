"""Replays: the same event is put again, at a later position."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_runtime.database import Database
from inventory_processor.inventory import Change, Fact, reduce_batch
from inventory_processor.postgres import PostgresStockStore
from support.laws import Model, adjustment, change_lists, level, moment
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


def put(database: Database, *changes: Change) -> None:
    """Each in a batch of its own."""
    store = PostgresStockStore(database)
    for change in changes:
        store.apply(reduce_batch([change]))


def stored(server: Server) -> dict[tuple[str, str], object]:
    with connect(server) as connection:
        rows: Any = connection.execute(
            "SELECT sku, warehouse, quantity::text FROM stock_level"
            " UNION ALL SELECT sku, name, value::text FROM product_fact"
        ).fetchall()
    return {(sku, name): json.loads(value) for sku, name, value in rows}


def test_of_counts_at_one_time_the_one_put_last_counts_also_when_it_is_a_replay(
    schema: Server, database: Database
) -> None:
    put(database, level(1, second=0, number=1), level(2, second=0, number=2))
    assert stored(schema) == {("a", "x"): 2}

    put(database, level(1, second=0, number=1))
    assert stored(schema) == {("a", "x"): 2}, "a repetition has its old position"

    put(database, level(1, second=0, number=3))
    assert stored(schema) == {("a", "x"): 1}, "a replay has a new one"


def test_of_facts_at_one_time_the_one_put_last_counts_also_when_it_is_a_replay(
    schema: Server, database: Database
) -> None:
    def price(amount: int, number: int) -> Fact:
        return Fact("a", "price", amount, moment(0), Decimal(number))

    put(database, price(1, 1), price(2, 2), price(1, 1))
    assert stored(schema) == {("a", "price"): 2}

    put(database, price(1, 3))
    assert stored(schema) == {("a", "price"): 1}


def test_a_replayed_adjustment_keeps_the_place_of_its_first_put(
    schema: Server, database: Database
) -> None:
    first = adjustment(-3, second=0, number=1, event="sale")
    put(database, first, level(50, second=0, number=2))
    put(database, first._replace(sequence_number=Decimal(3)))

    assert stored(schema) == {("a", "x"): 50}, "it was put before the count of the same time"


def test_an_adjustment_whose_first_put_did_not_arrive_has_the_place_of_its_replay(
    schema: Server, database: Database
) -> None:
    put(database, level(50, second=0, number=2), adjustment(-3, second=0, number=3, event="sale"))

    assert stored(schema) == {("a", "x"): 47}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change_lists(max_size=10), st.data())
def test_events_at_different_times_may_be_replayed_in_any_order(
    schema: Server, database: Database, found: list[Change], data: st.DataObject
) -> None:
    with connect(schema) as connection:
        connection.execute(
            "TRUNCATE stock_level, stock_adjustment, product_fact, stale_cache_entry"
        )
    changes = [
        change._replace(occurred_at=change.occurred_at + timedelta(microseconds=number))
        for number, change in enumerate(found)
    ]
    replayed = data.draw(st.lists(st.sampled_from(changes), max_size=10)) if changes else []
    later = [
        change._replace(sequence_number=Decimal(1000 + number))
        for number, change in enumerate(replayed)
    ]

    put(database, *data.draw(st.permutations(changes)), *later)

    model = Model(changes)
    assert stored(schema) == {**model.quantities(), **model.facts()}
