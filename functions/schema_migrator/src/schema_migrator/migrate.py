"""Applies what is pending, one transaction per migration, one migrator at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

from catalog_runtime.database import Connection
from catalog_runtime.logs import LOGGER
from schema_migrator.migrations import Migration, MigrationError, bundled, pending

# Any number that nobody else takes; "catalog" in ASCII.
ADVISORY_LOCK = 0x636174616C6F67

_HISTORY = """
CREATE TABLE IF NOT EXISTS public.schema_migration (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


def migrate(
    connection: Connection, migrations: Sequence[Migration] | None = None
) -> tuple[str, ...]:
    """Bring the schema up to date; the names of the migrations that were applied.

    The connection is in autocommit mode. A migration that fails is rolled back and leaves those
    before it applied. Raises `MigrationError` with the SQL error's text.
    """
    wanted = bundled() if migrations is None else migrations
    with alone(connection):
        connection.execute(_HISTORY)
        rows = connection.execute("SELECT name, checksum FROM public.schema_migration")
        todo = pending(wanted, dict(rows.fetchall()))
        for migration in todo:
            _apply(connection, migration)
    return tuple(migration.name for migration in todo)


def _apply(connection: Connection, migration: Migration) -> None:
    try:
        with connection.transaction():
            connection.execute(migration.sql.encode())
            connection.execute(
                "INSERT INTO public.schema_migration (name, checksum) VALUES (%s, %s)",
                (migration.name, migration.checksum),
            )
    except psycopg.Error as error:
        raise MigrationError(f"{migration.name}: {explained(error)}") from error
    LOGGER.info("migration applied", extra={"facts": {"migration": migration.name}})


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Hold the migrators' lock; within the same session it may be held several times.

    Raises `MigrationError` when another migrator has it for too long.
    """
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    except psycopg.errors.LockNotAvailable as error:
        raise MigrationError("another migrator holds the lock; try again when it ends") from error
    try:
        yield
    finally:
        # A broken connection has given up the lock by itself.
        if not connection.broken:
            connection.execute("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))


def explained(error: psycopg.Error) -> str:
    """The server's words about an error, with its code and place in the SQL text."""
    diagnosis = error.diag
    parts = [
        f"{diagnosis.severity or 'ERROR'} {error.sqlstate or '-'}",
        diagnosis.message_primary or str(error),
        f"DETAIL: {diagnosis.message_detail}" if diagnosis.message_detail else "",
        f"HINT: {diagnosis.message_hint}" if diagnosis.message_hint else "",
        f"at character {diagnosis.statement_position}" if diagnosis.statement_position else "",
    ]
    return " - ".join(part for part in parts if part)
