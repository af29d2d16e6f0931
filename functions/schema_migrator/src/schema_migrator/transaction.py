"""Isolation of migrations: each stays in its transaction, and its session settings end with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus

from catalog_runtime.database import Connection
from schema_migrator.migrations import MigrationError

GUARD = "catalog_migration_guard"

# A deferred foreign key that is valid only after `finish`. If the transaction ends earlier, the
# server rolls it back.
# https://www.postgresql.org/docs/current/sql-createtable.html
_GUARD = """
CREATE TEMPORARY TABLE catalog_migration_guard_end (id integer PRIMARY KEY) ON COMMIT DROP;
CREATE TEMPORARY TABLE catalog_migration_guard (
    id integer NOT NULL REFERENCES pg_temp.catalog_migration_guard_end
        DEFERRABLE INITIALLY DEFERRED
) ON COMMIT DROP;
INSERT INTO pg_temp.catalog_migration_guard VALUES (1);
"""
_RELEASE = "INSERT INTO pg_temp.catalog_migration_guard_end VALUES (1)"
# As DISCARD ALL, except for advisory locks, which the migrator holds.
# https://www.postgresql.org/docs/current/sql-discard.html
_RESET = """
CLOSE ALL; RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DEALLOCATE ALL; UNLISTEN *;
DISCARD PLANS; DISCARD SEQUENCES
"""


@contextmanager
def guarded(connection: Connection) -> Iterator[None]:
    """Run the block in a transaction that cannot be committed before `finish`.

    Temporary tables are dropped at the end. Raises `MigrationError` when the block ends the
    transaction, `psycopg.Error` for every other error; both roll back.
    """
    try:
        with connection.transaction():
            connection.execute(_GUARD)
            yield
    except psycopg.errors.ForeignKeyViolation as error:
        if error.diag.table_name != GUARD:
            raise
        raise MigrationError(
            "commits its transaction, or sets all constraints immediate; remove that statement; "
            "nothing of the file was applied"
        ) from error
    # A migration's temporary tables would shadow tables of the schema in the next one.
    connection.execute("DISCARD TEMP")


def finish(connection: Connection) -> None:
    """Reset the session and allow the transaction to be committed.

    Raises `MigrationError` when it is no longer the transaction that `guarded` started. Then the
    transaction's changes are rolled back; statements after its end may have been committed.
    """
    lost = "ends its transaction; remove that statement, and check what those after it changed"
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        raise MigrationError(lost)
    connection.execute(_RESET)
    try:
        connection.execute(_RELEASE)
    except psycopg.errors.UndefinedTable as error:
        raise MigrationError(lost) from error
