from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from catalog_runtime.database import Connection, Database
from inventory_processor.inventory import reduce_batch
from inventory_processor.kept_plan import KeptPlan
from inventory_processor.postgres import PostgresStockStore, as_parameters
from support.laws import level
from support.servers import Server, connect

T = TypeVar("T")


def test_a_plan_is_outdated_once_a_table_has_more_than_doubled() -> None:
    plan = KeptPlan()
    outdated = []
    for sizes in ([8, 1000], [16, 1000], [17, 1000], [17, 2000], [17, 2001], [0, 0], [34, 4002]):
        plan.note(sizes)
        outdated.append(plan.is_outdated)
        plan.discarded()

    assert outdated == [False, False, True, False, True, False, False]


def test_an_outdated_plan_stays_outdated_until_it_is_discarded() -> None:
    plan = KeptPlan()
    for sizes in ([8], [80], [80]):
        plan.note(sizes)

    assert plan.is_outdated


def put(store: PostgresStockStore, number: int) -> None:
    store.apply(reduce_batch([level(1, number, number)]))


def plan_of(database: Database) -> str:
    """Return the plan with which PostgreSQL runs the prepared statement."""
    empty = ", ".join(f"'{value}'" for value in as_parameters(reduce_batch([])).values())

    def explained(connection: Connection) -> str:
        rows = connection.execute(f"EXPLAIN EXECUTE _pg3_0({empty})")
        return "\n".join(line for (line,) in rows)

    return database.run(explained)


def grow(server: Server) -> None:
    with connect(server) as connection:
        connection.execute(
            "INSERT INTO stock_level"
            " (sku, warehouse, quantity, occurred_at, sequence_number, updated_at)"
            " SELECT 'sku-' || n, 'x', 1, now(), n, now() FROM generate_series(1, 5000) AS n"
        )


@pytest.mark.e2e
def test_a_plan_for_a_small_table_does_not_outlive_its_growth(
    schema: Server, database: Database
) -> None:
    store = PostgresStockStore(database)
    put(store, 1)
    with connect(schema) as connection:
        # Only the size tells of the growth.
        connection.execute("ALTER TABLE stock_level SET (autovacuum_enabled = off)")
        connection.execute("VACUUM ANALYZE stock_level")
    # The sixth execution makes a plan that is kept.
    for number in range(2, 10):
        put(store, number)
    small = plan_of(database)
    grow(schema)
    grown = plan_of(database)
    for number in (10, 11):
        put(store, number)

    assert "Seq Scan on stock_level" in small
    assert "Seq Scan on stock_level" in grown
    assert "Seq Scan on stock_level" not in plan_of(database)


@pytest.mark.e2e
@pytest.mark.parametrize(("authorities", "prepared"), [("rds", 1), ("public", 0)])
def test_nothing_is_prepared_or_discarded_through_a_proxy(
    schema: Server,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    authorities: str,
    prepared: int,
) -> None:
    settings = dataclasses.replace(database._settings, authorities=authorities)
    client = Database(settings, database._login, application="test", prepares=True)
    statements: list[str] = []

    class Recording:
        def __init__(self, connection: Connection) -> None:
            self._connection = connection

        def execute(self, statement: str, *arguments: Any, **options: Any) -> Any:
            statements.append(statement.split()[0])
            return self._connection.execute(statement, *arguments, **options)

    run = client.run

    def recorded(work: Callable[[Any], T]) -> T:
        return run(lambda connection: work(Recording(connection)))

    monkeypatch.setattr(client, "run", recorded)
    store = PostgresStockStore(client)
    put(store, 1)
    grow(schema)
    for number in (2, 3):
        put(store, number)

    assert statements.count("DISCARD") == prepared
    found = run(lambda each: each.execute("SELECT name FROM pg_prepared_statements").fetchall())
    assert len(found) == prepared
    client.close()
