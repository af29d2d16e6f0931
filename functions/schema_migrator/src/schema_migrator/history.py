"""The table `public.schema_migration`: which migrations this database has seen."""

from __future__ import annotations

import psycopg

from catalog_runtime.database import Connection
from schema_migrator.migrations import Migration, MigrationError, of_history
from schema_migrator.server_message import explained

_TABLE = """
CREATE TABLE IF NOT EXISTS public.schema_migration (
    name       text PRIMARY KEY,
    checksum   text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)
"""


def read(connection: Connection) -> dict[str, str]:
    """Name and checksum of each applied migration; the table is created where it is missing.

    Raises `MigrationError` when there is something else of that name, or a row is not one that
    `record` writes; `psycopg.OperationalError` when the server is away.
    """
    try:
        connection.execute(_TABLE)
        rows = connection.execute(
            "SELECT name::text, checksum::text FROM public.schema_migration ORDER BY name"
        ).fetchall()
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        raise MigrationError(
            f"public.schema_migration cannot be used: {explained(error)}; it has to be the table"
            " (name, checksum, applied_at) that this function creates: rename what has that name"
        ) from error
    return of_history(rows)


def record(connection: Connection, migration: Migration) -> None:
    """Note a migration as applied, in the transaction that applies it. Raises `psycopg.Error`."""
    connection.execute(
        "INSERT INTO public.schema_migration (name, checksum) VALUES (%s, %s)",
        (migration.name, migration.checksum),
    )
