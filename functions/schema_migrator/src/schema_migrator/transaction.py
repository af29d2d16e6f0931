"""Keeps a migration inside its transaction, and its session settings out of the next one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus

from catalog_runtime.database import Connection
from schema_migrator.migrations import MigrationError

GUARD = "catalog_migration_guard"

# A foreign key that the server checks when the transaction ends, and that holds only after
# `finish`. An earlier end makes the server roll the transaction back.
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
# What DISCARD ALL does, without advisory locks, which the migrator holds.
# https://www.postgresql.org/docs/current/sql-discard.html
_RESET = """
CLOSE ALL; RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; DEALLOCATE ALL; UNLISTEN *;
DISCARD PLANS; DISCARD SEQUENCES
"""


@contextmanager
def guarded(connection: Connection) -> Iterator[None]:
    """A transaction that nothing inside it commits before `finish`; no temporary table stays.

    Raises `MigrationError` when something inside ends the transaction, `psycopg.Error` for every
    other error; both roll back.
    """
    try:
        with connection.transaction():
            connection.execute(_GUARD)
            yield
    except psycopg.errors.ForeignKeyViolation as error:
        if error.diag.table_name != GUARD:
            raise
        raise MigrationError(
            "commits its transaction, or sets all constraints immediate; take that out: "
            "nothing of the file was applied"
        ) from error
    # A migration's temporary tables would hide those of the schema from the next one.
    connection.execute("DISCARD TEMP")


def finish(connection: Connection) -> None:
    """Let the transaction be committed, with the session as it was before.

    Raises `MigrationError` when it is no longer the transaction that `guarded` has begun. Then
    what was done inside it is rolled back; statements behind its end may stay.
    """
    lost = "ends its transaction; take that out, and look at what the statements behind it did"
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        raise MigrationError(lost)
    connection.execute(_RESET)
    try:
        connection.execute(_RELEASE)
    except psycopg.errors.UndefinedTable as error:
        raise MigrationError(lost) from error
