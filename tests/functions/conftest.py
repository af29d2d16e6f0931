"""Real servers, shared by all tests of the functions, and a fresh schema for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis

from catalog_runtime.database import Database
from catalog_runtime.secrets import Secrets
from catalog_runtime.settings import DatabaseSettings
from schema_migrator.migrate import migrate
from support.cloud import FakeSecretsManager
from support.servers import PASSWORD, Server, cache_server, connect, postgres_server

CREDENTIALS = f'{{"username": "postgres", "password": "{PASSWORD}"}}'


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL server."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def valkey() -> Iterator[Server]:
    """A running Valkey server."""
    with cache_server() as server:
        yield server


@pytest.fixture
def empty_schema(postgres: Server) -> Server:
    """PostgreSQL with nothing in the schema `public`."""
    with connect(postgres) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return postgres


@pytest.fixture
def schema(empty_schema: Server) -> Server:
    """PostgreSQL with all migrations applied and no rows."""
    with connect(empty_schema) as connection:
        migrate(connection)
    return empty_schema


@pytest.fixture
def empty_cache(valkey: Server) -> Server:
    """Valkey without keys or scripts."""
    with Redis(port=valkey.port) as client:
        client.flushall()
        client.script_flush()
    return valkey


@pytest.fixture
def database(schema: Server) -> Iterator[Database]:
    """The functions' own way to PostgreSQL."""
    secrets = Secrets(FakeSecretsManager(database=CREDENTIALS))
    settings = DatabaseSettings(
        host="127.0.0.1", port=schema.port, name="postgres", secret_arn="database", tls="disable"
    )
    database = Database(settings, secrets, application="test", isolation="repeatable read")
    yield database
    database.close()
