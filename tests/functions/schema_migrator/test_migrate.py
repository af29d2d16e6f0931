from __future__ import annotations

import threading

import pytest

from schema_migrator.migrate import ADVISORY_LOCK, migrate
from schema_migrator.migrations import Migration, MigrationError, bundled
from support.servers import OWN_DATABASE, PASSWORD, Server, connect

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
        "product_fact",
        "schema_migration",
        "stale_cache_entry",
        "stock_adjustment",
        "stock_level",
    }


def test_a_failing_migration_is_rolled_back_and_quotes_the_server(
    empty_schema: Server,
) -> None:
    with connect(empty_schema) as connection:
        with pytest.raises(MigrationError) as raised:
            migrate(connection, [GOOD, BAD])

        assert str(raised.value).startswith(
            '0002_bad.sql: ERROR 42P07 - relation "good" already exists'
        )
        assert tables(empty_schema) == {"good", "schema_migration"}
        corrected = Migration(BAD.name, "CREATE TABLE half (a int)")
        assert migrate(connection, [GOOD, corrected]) == (corrected.name,)


def test_a_syntax_error_is_reported_with_its_position(empty_schema: Server) -> None:
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


@pytest.mark.parametrize(
    ("sql", "complaint"),
    [
        ("CREATE TABLE half (a int); COMMIT; CREATE TABLE rest (a int)", "COMMIT in line 1"),
        ("BEGIN;\nCREATE TABLE half (a int);\nCOMMIT;", "BEGIN in line 1, COMMIT in line 3"),
        ("CREATE TABLE half (a int); ROLLBACK; CREATE TABLE rest (a int)", "ROLLBACK in line 1"),
        ("CREATE TABLE half (a int);\x00 CREATE TABLE rest (a int)", "the character NUL"),
        ("CREATE TABLE half (a int); DO $$ BEGIN COMMIT; END $$", "invalid transaction termin"),
        ("CREATE TABLE half (a int); VACUUM half", "VACUUM cannot run inside a transaction block"),
        (
            "CREATE TABLE half (a int); CREATE INDEX CONCURRENTLY i ON half (a)",
            "CREATE INDEX CONCURRENTLY cannot run inside a transaction block",
        ),
        ("CREATE TABLE half (a int); SET CONSTRAINTS ALL IMMEDIATE", "sets all constraints immed"),
        ("CREATE TABLE half (a int); SET TRANSACTION READ ONLY", "read-only transaction"),
        ("CREATE TABLE half (a int); COPY half FROM STDIN", "COPY cannot be used"),
        ("CREATE TABLE half (a int); DISCARD TEMP", "cannot DROP TABLE"),
    ],
)
def test_a_migration_that_cannot_be_one_transaction_leaves_nothing(
    empty_schema: Server, sql: str, complaint: str
) -> None:
    with connect(empty_schema) as connection:
        with pytest.raises(MigrationError, match=complaint) as raised:
            migrate(connection, [GOOD, Migration("0002_half.sql", sql)])

        assert str(raised.value).startswith("0002_half.sql: ")
    assert not {"half", "rest"} & tables(empty_schema)


def test_an_owner_who_is_no_superuser_migrates_a_database_that_is_closed_to_others(
    own_database: Server,
) -> None:
    with connect(own_database) as administrator:
        administrator.execute(f"CREATE ROLE plain_owner LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        administrator.execute(f"ALTER DATABASE {OWN_DATABASE} OWNER TO plain_owner")
        administrator.execute(f"REVOKE ALL ON DATABASE {OWN_DATABASE} FROM PUBLIC")

    with connect(own_database, OWN_DATABASE, user="plain_owner") as connection:
        assert migrate(connection) == tuple(migration.name for migration in bundled())


@pytest.mark.parametrize(
    ("end", "complaint"),
    [
        *(
            (f"{end}; CREATE TABLE rest ()", "commits")
            for end in ("COMMIT", "COMMIT; BEGIN", "COMMIT AND CHAIN", "END")
        ),
        *((end, "ends") for end in ("ROLLBACK", "ROLLBACK; BEGIN", "ROLLBACK AND CHAIN", "ABORT")),
    ],
)
def test_the_server_refuses_the_end_of_a_transaction_that_the_check_of_the_text_has_missed(
    empty_schema: Server, monkeypatch: pytest.MonkeyPatch, end: str, complaint: str
) -> None:
    monkeypatch.setattr(Migration, "check", lambda _: None)
    half = Migration("0001_half.sql", f"CREATE TABLE half (a int); {end}")

    with connect(empty_schema) as connection:
        with pytest.raises(MigrationError, match=rf"0001_half\.sql: {complaint} its transaction"):
            migrate(connection, [half])
        assert connection.execute("SELECT count(*) FROM schema_migration").fetchone() == (0,)
        assert tables(empty_schema) == {"schema_migration"}
        # The session is usable, and its lock is given back.
        assert migrate(connection, [GOOD]) == (GOOD.name,)


def test_settings_roles_and_temporary_tables_of_a_migration_end_with_it(
    empty_schema: Server,
) -> None:
    with connect(empty_schema) as connection:
        connection.execute("DROP ROLE IF EXISTS nobody_special; CREATE ROLE nobody_special")
        before = connection.execute(_SESSION).fetchone()
        greedy = Migration(
            "0001_greedy.sql",
            "CREATE TABLE kept (a int); CREATE TEMP TABLE good (b text);"
            "SET search_path = pg_catalog; SET statement_timeout = 1234;"
            "SET default_transaction_read_only = on; PREPARE p AS SELECT 1;"
            "SET ROLE nobody_special; SET SESSION AUTHORIZATION nobody_special",
        )

        assert migrate(connection, [greedy, Migration("0002_good.sql", GOOD.sql)]) == (
            "0001_greedy.sql",
            "0002_good.sql",
        )
        assert connection.execute(_SESSION).fetchone() == before
        assert connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
        connection.execute("DROP ROLE nobody_special")
    assert tables(empty_schema) == {"kept", "good", "schema_migration"}


_SESSION = """
SELECT current_user, session_user, current_setting('search_path'),
       current_setting('statement_timeout'), current_setting('default_transaction_read_only')
"""


def test_a_bad_file_is_refused_before_those_in_front_of_it_are_applied(
    empty_schema: Server,
) -> None:
    with (
        connect(empty_schema) as connection,
        pytest.raises(MigrationError, match="COMMIT in line 1"),
    ):
        migrate(connection, [GOOD, Migration("0002_bad.sql", "COMMIT")])

    assert tables(empty_schema) == {"schema_migration"}


@pytest.mark.parametrize(
    ("history", "complaint"),
    [
        ("VALUES ('by hand', 'x')", "'by hand' is not a migration's name"),
        ("VALUES (NULL, 'x')", "None is not a migration's name"),
        ("VALUES ('0001_good.sql', NULL)", r"0001_good\.sql has no checksum"),
        ("VALUES ('0001_good.sql', 'x'), ('0001_good.sql', 'y')", r"0001_good\.sql appears twice"),
        ("VALUES ('0001_good.sql', 'x')", r"0001_good\.sql: edited after"),
        ("VALUES (repeat('9', 10000) || '_x.sql', 'x')", "'9+… is not a migration's name"),
        ("VALUES (1, 2)", "'1' is not a migration's name"),
    ],
)
def test_rows_that_the_migrator_has_not_written_are_named(
    empty_schema: Server, history: str, complaint: str
) -> None:
    with connect(empty_schema) as connection:
        connection.execute(
            f"CREATE TABLE schema_migration AS SELECT * FROM ({history}) AS t (name, checksum)"
        )
        with pytest.raises(MigrationError, match=complaint):
            migrate(connection, [GOOD])


@pytest.mark.parametrize(
    "other",
    [
        "TABLE schema_migration (version int)",
        "TABLE schema_migration (name text)",
        "VIEW schema_migration AS SELECT 1 AS version",
        "SEQUENCE schema_migration",
        "TYPE schema_migration AS (version int)",
    ],
)
def test_something_else_of_the_history_s_name_is_an_error_with_its_fix(
    empty_schema: Server, other: str
) -> None:
    with connect(empty_schema) as connection:
        connection.execute(f"CREATE {other}")
        with pytest.raises(
            MigrationError, match=r"public\.schema_migration cannot be used: .*rename"
        ):
            migrate(connection, [GOOD])
