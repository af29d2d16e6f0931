"""Pages from a real standby: how old they may be, and when it is not used."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from catalog_reader.ports import StoreError
from catalog_reader.replicas import PostgresReplicas
from catalog_runtime.database import Database
from catalog_runtime.login import GivenLogin
from catalog_runtime.secrets import Credentials
from schema_migrator.access import READER_RIGHTS, Role, provide
from schema_migrator.migrate import migrate
from support.servers import Server, database_settings
from support.standby import ReplicatedPostgres, replicated_postgres

pytestmark = pytest.mark.e2e

READER = Credentials("catalog_reader", "of the reader")


@pytest.fixture(scope="module")
def servers() -> Iterator[ReplicatedPostgres]:
    """A primary and a standby with the schema and the reader's role."""
    with replicated_postgres() as running:
        with running.connect() as connection:
            migrate(connection)
            provide(connection, Role(READER.username, READER.password, READER_RIGHTS))
        yield running


def replicas_at(*ports: int, login: Credentials = READER) -> PostgresReplicas:
    return PostgresReplicas(
        [
            Database(database_settings(port), GivenLogin(login), application="test", run_seconds=5)
            for port in ports
        ]
    )


def put(servers: ReplicatedPostgres, quantity: int) -> None:
    servers.execute(
        servers.primary,
        f"INSERT INTO stock_level VALUES ('a', 'BER', {quantity}, now(), 1, now())"
        " ON CONFLICT (sku, warehouse) DO UPDATE SET quantity = EXCLUDED.quantity",
    )


def replayed(servers: ReplicatedPostgres) -> None:
    """Wait until the standby has replayed all commits."""
    with servers.connect() as connection:
        connection.execute("SET synchronous_commit = remote_apply")
        connection.execute("CREATE TABLE IF NOT EXISTS touched (at timestamptz)")
        connection.execute("INSERT INTO touched VALUES (now())")


def test_a_replica_is_read_with_the_reader_s_role_and_its_lag(servers: ReplicatedPostgres) -> None:
    put(servers, 5)
    replayed(servers)
    replicas = replicas_at(servers.standby)

    page, lag = replicas.of_warehouse("BER", "", 10, 60.0)
    assert [(sku, level.quantity) for sku, level in page.levels] == [("a", 5)]
    assert 0 <= lag < 60
    replicas.close()


def test_a_replica_that_stopped_replaying_is_refused_after_the_longest_lag(
    servers: ReplicatedPostgres,
) -> None:
    replicas = replicas_at(servers.standby)
    servers.execute(servers.standby, "SELECT pg_wal_replay_pause()")
    try:
        put(servers, 6)
        ((seconds,),) = servers.execute(
            servers.standby,
            "SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::float8"
            " FROM pg_sleep(0.2)",
        )
        assert isinstance(seconds, float)
        with pytest.raises(StoreError, match=r"it may be .* s behind"):
            replicas.of_warehouse("BER", "", 10, seconds)
    finally:
        servers.execute(servers.standby, "SELECT pg_wal_replay_resume()")
        replicas.close()


def test_a_server_that_is_no_replica_is_refused(servers: ReplicatedPostgres) -> None:
    replicas = replicas_at(servers.primary)

    with pytest.raises(StoreError, match="it has replayed nothing"):
        replicas.of_warehouse("BER", "", 10, 60.0)
    replicas.close()


def test_after_a_failure_the_next_replica_is_asked(
    servers: ReplicatedPostgres, postgres: Server
) -> None:
    put(servers, 7)
    replayed(servers)
    replicas = replicas_at(servers.primary, servers.standby)

    with pytest.raises(StoreError):
        replicas.of_warehouse("BER", "", 10, 60.0)
    page, _ = replicas.of_warehouse("BER", "", 10, 60.0)
    assert page.levels[0][1].quantity == 7
    replicas.close()


def test_the_reader_s_role_writes_on_no_server(servers: ReplicatedPostgres) -> None:
    replayed(servers)
    for port in (servers.primary, servers.standby):
        settings = database_settings(port)
        with psycopg.connect(
            host=settings.host,
            port=port,
            dbname=settings.name,
            user=READER.username,
            password=READER.password,
            autocommit=True,
        ) as connection:
            with pytest.raises(psycopg.Error) as refused:
                connection.execute("DELETE FROM stock_level")
            assert refused.value.sqlstate in ("42501", "25006")
