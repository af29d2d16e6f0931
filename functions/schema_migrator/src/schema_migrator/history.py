"""The table `public.schema_migration`, the history of applied migrations."""

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
    """Return name and checksum of each applied migration; create the table if it is missing.

    Raises `MigrationError` when another object has that name or a row is invalid,
    `psycopg.OperationalError` when the server is unavailable.
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
    """Record a migration as applied, in its own transaction. Raises `psycopg.Error`."""
    connection.execute(
        "INSERT INTO public.schema_migration (name, checksum) VALUES (%s, %s)",
        (migration.name, migration.checksum),
    )
