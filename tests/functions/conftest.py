"""Real servers, shared by all tests of the functions, and a fresh schema for each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from redis import Redis

from catalog_runtime.database import Database
from catalog_runtime.login import GivenLogin
from catalog_runtime.secrets import Credentials
from schema_migrator.migrate import migrate
from support.servers import (
    OWN_DATABASE,
    PASSWORD,
    Server,
    cache_server,
    connect,
    database_settings,
    postgres_server,
)
from support.valkey_cluster import ValkeyCluster, valkey_cluster


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
def own_database(postgres: Server) -> Iterator[Server]:
    """PostgreSQL with an empty database `OWN_DATABASE`; roles made meanwhile go with it."""
    with connect(postgres) as connection:
        before = _roles(connection)
        connection.execute(f"CREATE DATABASE {OWN_DATABASE}")
        yield postgres
        connection.execute(f"DROP DATABASE {OWN_DATABASE} WITH (FORCE)")
        for role in _roles(connection) - before:
            connection.execute(f"DROP ROLE {role}")


def _roles(connection: Any) -> set[str]:
    return {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}


@pytest.fixture
def schema(empty_schema: Server) -> Server:
    """PostgreSQL with all migrations applied and no rows.

    The isolation level of log-ins is the one that `access.sql` sets for the application role.
    """
    with connect(empty_schema) as connection:
        migrate(connection)
        connection.execute(
            "ALTER ROLE postgres SET default_transaction_isolation = 'repeatable read'"
        )
    return empty_schema


@pytest.fixture
def empty_cache(valkey: Server) -> Server:
    """Valkey without keys or scripts."""
    with Redis(port=valkey.port) as client:
        client.flushall()
        client.script_flush()
    return valkey


@pytest.fixture(scope="session")
def running_cluster() -> Iterator[ValkeyCluster]:
    """A Valkey cluster of six servers, each behind a forwarder."""
    with valkey_cluster(forwarded=True) as found:
        # Slots that are served stay served.
        found.configure("cluster-require-full-coverage", "no")
        yield found


@pytest.fixture
def cluster(running_cluster: ValkeyCluster) -> Iterator[ValkeyCluster]:
    """A healthy Valkey cluster without keys or scripts."""
    running_cluster.wait_until_ok()
    running_cluster.wait_for_replicas()
    running_cluster.flush()
    yield running_cluster
    for node in running_cluster.nodes:
        assert node.forwarder is not None
        node.forwarder.discard()


@pytest.fixture
def database(schema: Server) -> Iterator[Database]:
    """The functions' own way to PostgreSQL."""
    login = GivenLogin(Credentials("postgres", PASSWORD))
    database = Database(database_settings(schema.port), login, application="test", prepares=True)
    yield database
    database.close()
