from __future__ import annotations

import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_runtime.database import Database
from inventory_processor.inventory import Key, StockLevel, settle
from inventory_processor.ports import Applied, EffectError
from inventory_processor.postgres import PostgresStockTable
from support.servers import Server, connect

pytestmark = pytest.mark.e2e

LATEST_US = 253_402_300_799_999_999
levels = st.lists(
    st.builds(
        StockLevel,
        sku=st.sampled_from(["a", "b"]),
        warehouse=st.sampled_from(["x", "y"]),
        quantity=st.integers(0, 1_000_000_000),
        occurred_at_us=st.sampled_from([0, 1, 1_789_999_200_000_001, LATEST_US])
        | st.integers(0, LATEST_US),
        sequence_number=st.integers(0, 10**128 - 1),
    ),
    unique_by=lambda level: level.sequence_number,
    max_size=20,
)


def rows(server: Server) -> dict[Key, StockLevel]:
    with connect(server) as connection:
        found = connection.execute(
            "SELECT sku, warehouse, quantity, (extract(epoch FROM occurred_at) * 1000000)::bigint,"
            " sequence_number::text FROM stock_level"
        ).fetchall()
    held = (
        StockLevel(str(sku), str(warehouse), int(str(quantity)), int(str(micros)), int(str(number)))
        for sku, warehouse, quantity, micros, number in found
    )
    return {level.key: level for level in held}


def apply(database: Database, batch: list[StockLevel]) -> Applied:
    return PostgresStockTable(database).apply(list(settle(batch).values()))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(levels, st.integers(0, 20), st.randoms(use_true_random=False))
def test_the_database_obeys_the_same_laws_as_the_pure_core(
    schema: Server, database: Database, batch: list[StockLevel], cut: int, chance: random.Random
) -> None:
    with connect(schema) as connection:
        connection.execute("TRUNCATE stock_level")
    shuffled = batch.copy()
    chance.shuffle(shuffled)

    for part in (shuffled[:cut], shuffled[cut:], batch):
        applied = apply(database, part)
        assert settle(applied.current).keys() == settle(part).keys()
    assert apply(database, batch).changed == 0

    assert rows(schema) == settle(batch)


def test_a_level_that_lost_is_answered_with_the_one_that_holds(database: Database) -> None:
    newer = StockLevel("a", "x", 7, 20, 2)
    apply(database, [newer])

    assert apply(database, [StockLevel("a", "x", 3, 10, 1)]) == Applied(0, [newer])


def test_the_connection_is_reused(schema: Server, database: Database) -> None:
    pids = [database.run(lambda connection: connection.info.backend_pid) for _ in range(3)]

    assert len(set(pids)) == 1


def test_a_connection_that_broke_is_replaced_without_a_failure(
    schema: Server, database: Database
) -> None:
    apply(database, [StockLevel("a", "x", 1, 1, 1)])
    with connect(schema) as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test'"
        )

    assert apply(database, [StockLevel("a", "x", 2, 2, 2)]).changed == 1


def test_a_statement_that_waits_too_long_for_a_lock_is_given_up(
    schema: Server, database: Database
) -> None:
    impatient = Database(
        database._settings, database._login, application="test", statement_seconds=0.3
    )
    with connect(schema) as other, other.transaction():
        other.execute("LOCK TABLE stock_level")
        began = time.monotonic()
        with pytest.raises(EffectError, match=r"(lock|statement) timeout"):
            apply(impatient, [StockLevel("a", "x", 1, 1, 1)])
    impatient.close()

    assert time.monotonic() - began < 3


def test_a_database_without_the_table_is_an_effect_error(
    schema: Server, database: Database
) -> None:
    with connect(schema) as connection:
        connection.execute("DROP TABLE stock_level")

    with pytest.raises(EffectError, match=r"42P01.*stock_level"):
        apply(database, [StockLevel("a", "x", 1, 1, 1)])


def test_an_error_that_quotes_a_row_is_reported_without_the_row(database: Database) -> None:
    with pytest.raises(EffectError, match="violates check constraint") as raised:
        apply(database, [StockLevel("a", "x", -1, 1, 123456789)])

    assert "123456789" not in str(raised.value)
