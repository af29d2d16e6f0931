from __future__ import annotations

import threading

import pytest

from schema_migrator.migrate import ADVISORY_LOCK, migrate
from schema_migrator.migrations import Migration, MigrationError, bundled
from support.servers import Server, connect

pytestmark = pytest.mark.e2e

GOOD = Migration("0001_good.sql", "CREATE TABLE good (a int); INSERT INTO good VALUES (1);")
BAD = Migration("0002_bad.sql", "CREATE TABLE half (a int);\nCREATE TABLE good (a int);")


def tables(server: Server) -> set[object]:
    with connect(server) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows}


def test_all_migrations_are_applied_once(empty_schema: Server) -> None:
    with connect(empty_schema) as connection:
        assert migrate(connection) == tuple(migration.name for migration in bundled())
        assert migrate(connection) == ()

    assert tables(empty_schema) == {
        "cache_debt",
        "product_fact",
        "schema_migration",
        "stock_adjustment",
        "stock_level",
    }


def test_a_failing_migration_is_rolled_back_and_told_with_the_server_s_words(
    empty_schema: Server,
) -> None:
    with connect(empty_schema) as connection:
        with pytest.raises(MigrationError) as raised:
            migrate(connection, [GOOD, BAD])

        assert str(raised.value).startswith(
            '0002_bad.sql: ERROR 42P07 - relation "good" already exists'
        )
        assert tables(empty_schema) == {"good", "schema_migration"}
        mended = Migration(BAD.name, "CREATE TABLE half (a int)")
        assert migrate(connection, [GOOD, mended]) == (mended.name,)


def test_a_syntax_error_is_told_with_its_place(empty_schema: Server) -> None:
    with connect(empty_schema) as connection, pytest.raises(MigrationError) as raised:
        migrate(connection, [Migration("0001_typo.sql", "CREATE TABEL x ()")])

    assert 'syntax error at or near "TABEL"' in str(raised.value)
    assert "at character 8" in str(raised.value)


def test_two_migrators_at_once_apply_everything_once(empty_schema: Server) -> None:
    slow = Migration("0001_slow.sql", "CREATE TABLE slow (a int); SELECT pg_sleep(0.3);")
    results: list[tuple[str, ...]] = []

    def run() -> None:
        with connect(empty_schema) as connection:
            results.append(migrate(connection, [slow]))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [(), ("0001_slow.sql",)]


def test_a_lock_that_stays_taken_is_an_error(empty_schema: Server) -> None:
    with connect(empty_schema) as other, connect(empty_schema) as connection:
        other.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        connection.execute("SET lock_timeout = '200ms'")

        with pytest.raises(MigrationError, match="another migrator holds the lock"):
            migrate(connection)


def test_the_lock_is_given_back_after_a_failure(empty_schema: Server) -> None:
    with connect(empty_schema) as connection, connect(empty_schema) as other:
        with pytest.raises(MigrationError):
            migrate(connection, [GOOD, BAD])

        row = other.execute("SELECT pg_try_advisory_lock(%s)", (ADVISORY_LOCK,)).fetchone()
        assert row == (True,)
