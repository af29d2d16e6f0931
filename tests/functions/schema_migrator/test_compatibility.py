"""Processors of earlier releases keep working during and after the migrations."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog_runtime.database import Database
from inventory_processor.inventory import Change, reduce_batch
from inventory_processor.ports import CacheEntry
from inventory_processor.postgres import PostgresStockStore, as_parameters
from schema_migrator.migrate import migrate
from schema_migrator.migrations import bundled
from support.earlier_statements import MERGE_WITHOUT_TOUCH, UPSERT, use_cache_debt
from support.laws import adjustment, level, moment
from support.servers import Server, connect

pytestmark = pytest.mark.e2e


def previous(server: Server, quantity: int, at: datetime, number: int) -> Any:
    with connect(server) as connection:
        row = connection.execute(UPSERT, ("a", "x", quantity, at, number)).fetchone()
    return None if row is None else row[0]


def apply(database: Database, *changes: Change) -> CacheEntry:
    (entry,) = PostgresStockStore(database).apply(reduce_batch(changes)).current
    return entry


def test_rows_of_before_the_migration_keep_the_version_they_have_in_the_cache(
    empty_schema: Server, database: Database
) -> None:
    with connect(empty_schema) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        migrate(connection, bundled()[:1])
    previous(empty_schema, 5, moment(1), 17)
    with connect(empty_schema) as connection:
        assert migrate(connection) == tuple(each.name for each in bundled()[1:])

    microseconds = int(moment(1).timestamp() * 1_000_000)
    same = apply(database, level(5, 1, 17))
    assert same == CacheEntry("stock:{a}", "x", "5", f"{microseconds}.17")
    changed = apply(database, adjustment(-1, 2, 18))
    assert changed.value == "4"
    assert Decimal(changed.version) > microseconds


def test_a_count_by_the_previous_processor_keeps_the_adjustments_after_it(
    schema: Server, database: Database
) -> None:
    before = apply(database, level(10, 1, 1), adjustment(-1, 5, 2))

    assert previous(schema, 100, moment(3), 3) == 99

    after = apply(database, adjustment(-1, 6, 4))
    assert after.value == "98"
    assert Decimal(after.version) > Decimal(before.version)


def test_a_late_count_by_the_previous_processor_changes_nothing(
    schema: Server, database: Database
) -> None:
    apply(database, level(10, 5, 1), adjustment(-1, 6, 2))

    assert previous(schema, 100, moment(3), 3) is None
    assert apply(database, level(10, 5, 1)).value == "9"


def test_a_row_that_the_previous_processor_made_is_merged_like_any_other(
    schema: Server, database: Database
) -> None:
    previous(schema, 10, moment(1), 1)

    assert apply(database, adjustment(-1, 2, 2)).value == "9"


def test_a_long_reader_stops_the_migration_and_not_the_processor(empty_schema: Server) -> None:
    with connect(empty_schema) as connection:
        migrate(connection, bundled()[:1])
    with connect(empty_schema) as reader, connect(empty_schema) as migrator:
        with reader.transaction():
            reader.execute("SELECT * FROM stock_level")
            with pytest.raises(Exception, match="lock timeout"):
                migrate(migrator)
        assert migrate(migrator) == tuple(each.name for each in bundled()[1:])


def test_no_migration_rewrites_a_table_that_was_there_before(empty_schema: Server) -> None:
    with connect(empty_schema) as connection:
        before: set[object] = set()
        for count in range(1, len(bundled()) + 1):
            migrate(connection, bundled()[:count])
            files = {
                row[0]: row[1]
                for row in connection.execute(
                    "SELECT oid, relfilenode FROM pg_class"
                    " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                ).fetchall()
            }
            assert before <= set(files.items()), bundled()[count - 1].name
            before = set(files.items())


def test_a_rewritten_table_is_empty_to_an_older_snapshot(schema: Server) -> None:
    """Why no migration may rewrite one: a batch that waits for it has such a snapshot."""
    with connect(schema) as waiting, connect(schema) as migrator:
        migrator.execute("INSERT INTO stock_adjustment VALUES ('a', 'x', now(), 'e', 1, 1)")
        waiting.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_current_snapshot()")
        migrator.execute("ALTER TABLE stock_adjustment ALTER sku TYPE varchar(99)")
        assert waiting.execute("SELECT * FROM stock_adjustment").fetchall() == []


def test_a_lowered_number_by_the_previous_release_writes_the_row_of_its_stock_item(
    schema: Server, database: Database
) -> None:
    before = apply(database, adjustment(-3, 1, 7, "e1"))
    lowered = as_parameters(reduce_batch([adjustment(-3, 1, 3, "e1")]))
    database.run(lambda connection: connection.execute(MERGE_WITHOUT_TOUCH, lowered))

    after = apply(database, adjustment(-3, 1, 3, "e1"))

    assert after.value == before.value
    assert Decimal(after.version) > Decimal(before.version)


def test_the_trigger_for_the_previous_release_leaves_what_this_one_writes(
    schema: Server, database: Database
) -> None:
    apply(database, adjustment(-3, 1, 7, "e1"))

    entry = apply(database, adjustment(-3, 1, 3, "e1"))

    assert apply(database, adjustment(-3, 1, 3, "e1")) == entry


def stale(server: Server) -> list[tuple[object, ...]]:
    with connect(server) as connection:
        return connection.execute(
            "SELECT sku, following FROM stale_cache_entry ORDER BY following, sku"
        ).fetchall()


def test_the_previous_release_marks_and_clears_stale_entries_through_the_view(
    schema: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_cache_debt(monkeypatch)
    store = PostgresStockStore(database)
    assert store.apply(reduce_batch([level(5, 1, 1)])).has_stale is False

    store.mark_stale(["a", "b"])
    store.mark_stale(["a"])
    store.mark_stale(None)
    assert stale(schema) == [("a", False), ("b", False), ("", True)]
    assert store.apply(reduce_batch([level(6, 2, 2)])).has_stale is True

    entries = store.next_stale()
    assert entries is not None
    assert [entry.key for entry in entries.entries] == ["stock:{a}"]
    store.mark_stale(["b"])
    store.clear(entries)
    assert stale(schema) == [("b", False), ("", True)]


def test_both_releases_share_the_stale_entries(
    schema: Server, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = PostgresStockStore(database)
    store.mark_stale(["a"])
    with monkeypatch.context() as patched:
        use_cache_debt(patched)
        entries = store.next_stale()
        assert entries is not None
        store.clear(entries)
    assert store.next_stale() is None


def test_a_batch_that_begins_before_the_rename_goes_on_after_it(empty_schema: Server) -> None:
    with connect(empty_schema) as migrator, connect(empty_schema) as batch:
        migrate(migrator, bundled()[:4])
        migrator.execute("INSERT INTO cache_debt VALUES ('a', false, now())")
        batch.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT pg_current_snapshot()")
        migrate(migrator, bundled()[:5])
        assert batch.execute("SELECT sku FROM cache_debt").fetchall() == [("a",)]
        batch.execute("COMMIT")


def test_the_rename_leaves_the_old_name_to_the_view_alone(schema: Server) -> None:
    with connect(schema) as connection:
        names = connection.execute(
            "SELECT relname FROM pg_class WHERE relname LIKE 'cache_debt%'"
            " UNION ALL SELECT conname FROM pg_constraint WHERE conname LIKE 'cache_debt%'"
        ).fetchall()
    assert names == [("cache_debt",)]
