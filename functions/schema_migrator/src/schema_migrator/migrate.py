"""Application of pending migrations, each in its own transaction, under an advisory lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg
from psycopg.pq import TransactionStatus

from catalog_runtime.database import Connection
from catalog_runtime.logs import LOGGER
from schema_migrator import history
from schema_migrator.migrations import Migration, MigrationError, bundled, pending
from schema_migrator.server_message import explained
from schema_migrator.transaction import finish, guarded

# An arbitrary number: "catalog" in ASCII.
ADVISORY_LOCK = 0x636174616C6F67


def migrate(
    connection: Connection, migrations: Sequence[Migration] | None = None
) -> tuple[str, ...]:
    """Apply pending migrations; return their names.

    The connection must be in autocommit mode. All files are checked before the first is applied.
    A failed migration is rolled back; those before it stay applied, those after it are not run.
    Raises `MigrationError` with the text of the SQL error.
    """
    wanted = bundled() if migrations is None else migrations
    with alone(connection):
        todo = pending(wanted, history.read(connection))
        for migration in todo:
            migration.check()
        for migration in todo:
            _apply(connection, migration)
    return tuple(migration.name for migration in todo)


def _apply(connection: Connection, migration: Migration) -> None:
    try:
        with guarded(connection):
            connection.execute(migration.sql.encode())
            finish(connection)
            history.record(connection, migration)
    except MigrationError as error:
        raise MigrationError(f"{migration.name}: {error}") from error
    except psycopg.Error as error:
        raise MigrationError(f"{migration.name}: {explained(error)}") from error
    LOGGER.info("migration applied", extra={"facts": {"migration": migration.name}})


@contextmanager
def alone(connection: Connection) -> Iterator[None]:
    """Hold the migrators' advisory lock, which is reentrant within a session.

    Raises `MigrationError` when another migrator holds it for too long.
    """
    try:
        connection.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
    except psycopg.errors.LockNotAvailable as error:
        raise MigrationError("another migrator holds the lock; try again when it ends") from error
    try:
        yield
    finally:
        # A connection in the middle of a command (COPY FROM STDIN) accepts no other; closing it
        # rolls back and releases the lock.
        if connection.info.transaction_status == TransactionStatus.ACTIVE:
            connection.close()
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
