from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from schema_migrator.access import READER_RIGHTS, Role, provide
from schema_migrator.migrate import migrate
from schema_migrator.migrations import MigrationError, bundled
from support.servers import OWN_DATABASE, Server, connect

pytestmark = pytest.mark.e2e

ROLE = Role("catalog_app", "of the application")
READER = Role("catalog_reader", "of the reader", READER_RIGHTS)


# The rights on stale entries that access.sql gives before migration 0005.
EARLIER_ACCESS = """
REVOKE ALL ON ALL TABLES IN SCHEMA public FROM catalog_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON public.cache_debt TO catalog_app
"""


@pytest.fixture
def empty_owner(own_database: Server) -> Iterator[Any]:
    """The owner of an empty database, with the rights of RDS's master user; not a superuser."""
    with connect(own_database, OWN_DATABASE) as administrator:
        administrator.execute("CREATE ROLE owner LOGIN CREATEROLE CREATEDB PASSWORD 'owner'")
        administrator.execute(f"ALTER DATABASE {OWN_DATABASE} OWNER TO owner")
    with connect(own_database, OWN_DATABASE, user="owner", password="owner") as connection:
        yield connection


@pytest.fixture
def owner(empty_owner: Any) -> Any:
    """The owner of a database with all migrations applied."""
    migrate(empty_owner)
    return empty_owner


def application(server: Server, password: str = "of the application") -> Any:
    return connect(server, OWN_DATABASE, user="catalog_app", password=password)


def test_the_role_reads_and_writes_stock_and_nothing_else(owner: Any, own_database: Server) -> None:
    provide(owner, ROLE)

    with application(own_database) as connection:
        connection.execute(
            "INSERT INTO stock_level VALUES ('a', 'BER', 1, now(), 1, now())"
            " ON CONFLICT (sku, warehouse) DO UPDATE SET quantity = 2 RETURNING quantity"
        )
        connection.execute("SELECT * FROM stock_level")
        for refused in (
            "DELETE FROM stock_level",
            "TRUNCATE stock_level",
            "DROP TABLE stock_level",
            "CREATE TABLE mine (a int)",
            "CREATE TEMPORARY TABLE mine (a int)",
            "CREATE SCHEMA mine",
            "SELECT * FROM schema_migration",
            "CREATE ROLE friend",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def reader(server: Server) -> Any:
    return connect(server, OWN_DATABASE, user="catalog_reader", password="of the reader")


def test_the_reader_s_role_reads_stock_and_facts_and_changes_nothing(
    owner: Any, own_database: Server
) -> None:
    provide(owner, ROLE)
    provide(owner, READER)

    tables = ("stock_level", "product_fact", "stock_adjustment", "stale_cache_entry")
    with reader(own_database) as connection:
        connection.execute("SELECT * FROM stock_level LEFT JOIN product_fact USING (sku)")
        for refused in (
            *(f"INSERT INTO {table} DEFAULT VALUES" for table in tables),
            *(f"DELETE FROM {table}" for table in tables),
            *(f"TRUNCATE {table}" for table in tables),
            "UPDATE stock_level SET quantity = 1",
            "UPDATE product_fact SET revision = 1",
            "SELECT * FROM stock_level FOR UPDATE",
            "SELECT * FROM stock_adjustment",
            "SELECT * FROM stale_cache_entry",
            "SELECT * FROM schema_migration",
            "CREATE TABLE mine (a int)",
            "CREATE TEMPORARY TABLE mine (a int)",
            "CREATE SCHEMA mine",
            "CREATE ROLE friend",
            "SET ROLE catalog_app",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)
        assert connection.execute("SHOW statement_timeout").fetchone() == ("3s",)


def test_the_reader_s_role_leaves_the_application_s_rights_as_they_are(
    owner: Any, own_database: Server
) -> None:
    provide(owner, ROLE)
    provide(owner, READER)

    with application(own_database) as connection:
        connection.execute("INSERT INTO stock_level VALUES ('a', 'BER', 1, now(), 1, now())")
        connection.execute("DELETE FROM stock_adjustment")


def test_rights_of_the_reader_that_were_granted_by_hand_are_taken_back(
    owner: Any, own_database: Server
) -> None:
    provide(owner, ROLE)
    provide(owner, READER)
    owner.execute("GRANT INSERT ON stock_level TO catalog_reader")
    owner.execute("GRANT UPDATE (quantity) ON stock_level TO catalog_reader")
    owner.execute("GRANT CREATE ON SCHEMA public TO catalog_reader")
    owner.execute(f"GRANT CREATE, TEMPORARY ON DATABASE {OWN_DATABASE} TO catalog_reader")
    provide(owner, READER)

    with reader(own_database) as connection:
        for refused in (
            "INSERT INTO stock_level DEFAULT VALUES",
            "UPDATE stock_level SET quantity = 1",
            "CREATE TABLE mine (a int)",
            "CREATE TEMPORARY TABLE mine (a int)",
            "CREATE SCHEMA mine",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)


def write_by_the_old_name(server: Server) -> None:
    with application(server) as connection:
        connection.execute(
            "INSERT INTO cache_debt AS held VALUES ('a', false, now()) ON CONFLICT (sku, following)"
            " DO UPDATE SET noted = greatest(EXCLUDED.noted, held.noted)"
        )
        rows = connection.execute("SELECT sku FROM cache_debt FOR UPDATE").fetchall()
        assert rows == [("a",)]
        connection.execute("DELETE FROM cache_debt")


def test_the_previous_release_writes_stale_entries_before_access_sql_runs(
    empty_owner: Any, own_database: Server
) -> None:
    migrate(empty_owner, bundled()[:4])
    empty_owner.execute("CREATE ROLE catalog_app LOGIN PASSWORD 'of the application'")
    empty_owner.execute(EARLIER_ACCESS)
    migrate(empty_owner)

    write_by_the_old_name(own_database)


def test_the_previous_release_writes_stale_entries_after_a_rollback(
    owner: Any, own_database: Server
) -> None:
    provide(owner, ROLE)
    write_by_the_old_name(own_database)
    owner.execute(EARLIER_ACCESS)

    write_by_the_old_name(own_database)


def test_a_right_that_was_granted_by_hand_is_taken_back(owner: Any, own_database: Server) -> None:
    provide(owner, ROLE)
    owner.execute("GRANT DELETE ON stock_level TO catalog_app")
    provide(owner, ROLE)

    with (
        application(own_database) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("DELETE FROM stock_level")


def test_the_role_s_statements_have_a_time_limit(owner: Any, own_database: Server) -> None:
    provide(owner, ROLE)

    with application(own_database) as connection:
        for setting in ("statement_timeout", "lock_timeout"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("8s",)


def test_another_password_replaces_the_first(owner: Any, own_database: Server) -> None:
    provide(owner, ROLE)
    provide(owner, Role("catalog_app", "it's another"))

    application(own_database, "it's another").close()
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        application(own_database)


def test_where_rds_offers_tokens_the_role_has_no_password(owner: Any, own_database: Server) -> None:
    with connect(own_database) as administrator:
        administrator.execute("CREATE ROLE rds_iam NOLOGIN")
        administrator.execute("GRANT rds_iam TO owner WITH ADMIN OPTION")
    provide(owner, ROLE)
    provide(owner, Role("catalog_app", None))

    assert member_of_rds_iam(own_database)
    assert not has_password(own_database)

    provide(owner, ROLE)
    assert has_password(own_database)
    assert not member_of_rds_iam(own_database)
    application(own_database).close()


def test_tokens_are_refused_on_a_server_without_rds_iam(owner: Any, own_database: Server) -> None:
    with pytest.raises(MigrationError, match="this server has no role rds_iam"):
        provide(owner, Role("catalog_app", None))

    assert role_exists(own_database) is False


def test_a_role_that_can_do_too_much_is_not_handed_to_an_application(owner: Any) -> None:
    owner.execute("CREATE ROLE catalog_app CREATEDB")

    with pytest.raises(MigrationError, match="exists and has createdb"):
        provide(owner, ROLE)


def test_the_server_s_refusal_is_quoted(owner: Any, own_database: Server) -> None:
    with connect(own_database) as administrator:
        administrator.execute("CREATE ROLE catalog_app")

    with pytest.raises(MigrationError, match=r"role catalog_app: ERROR 42501 - permission denied"):
        provide(owner, ROLE)


def test_neither_the_server_s_log_nor_a_message_has_the_password(
    owner: Any, own_database: Server
) -> None:
    with connect(own_database) as administrator:
        administrator.execute("ALTER ROLE owner SET log_statement = 'all'")
        administrator.execute("ALTER ROLE owner SET client_min_messages = 'log'")
    logged: list[str] = []
    with connect(own_database, OWN_DATABASE, user="owner", password="owner") as connection:
        connection.add_notice_handler(lambda entry: logged.append(str(entry.message_primary)))
        provide(connection, ROLE)

    assert any("ALTER ROLE" in entry and "SCRAM-SHA-256$" in entry for entry in logged)
    assert "of the application" not in "".join(logged) + repr(ROLE)


def member_of_rds_iam(server: Server) -> bool:
    with connect(server) as administrator:
        row = administrator.execute(
            "SELECT pg_has_role('catalog_app', 'rds_iam', 'member')"
        ).fetchone()
    return row == (True,)


def has_password(server: Server) -> bool:
    with connect(server) as administrator:
        row = administrator.execute(
            "SELECT rolpassword IS NOT NULL FROM pg_authid WHERE rolname = 'catalog_app'"
        ).fetchone()
    return row == (True,)


def role_exists(server: Server) -> bool:
    with connect(server) as administrator:
        found = administrator.execute("SELECT 1 FROM pg_roles WHERE rolname = 'catalog_app'")
        return found.fetchone() is not None
