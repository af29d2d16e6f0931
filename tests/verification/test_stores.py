"""The database reconnects while its server restarts."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.errors import PlatformError
from catalog_platform.verification import stores
from catalog_platform.verification.stores import DatabaseClient
from support.servers import PASSWORD, Server, postgres_server

pytestmark = pytest.mark.e2e


class Secrets(Session):
    """A session with one secret: the password of the test server."""

    def client(self, service: str) -> Any:
        return self

    def get_secret_value(self, **_which: str) -> dict[str, str]:
        return {"SecretString": json.dumps({"username": "postgres", "password": PASSWORD})}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres_server() as found:
        place = f"host=127.0.0.1 port={found.port} user=postgres dbname=postgres"
        with psycopg.connect(place, password=PASSWORD, autocommit=True) as connection:
            connection.execute("create table stock_level (sku text, warehouse text, quantity int)")
            connection.execute("insert into stock_level values ('A-1', 'BER', 7)")
        yield found


@pytest.fixture
def database(server: Server) -> Iterator[DatabaseClient]:
    outputs = Outputs(
        stream_name="",
        database_endpoint="127.0.0.1",
        database_port=server.port,
        database_name="postgres",
        database_secret_arn="",
        cache_endpoint="",
        cache_port=0,
        archive_bucket_name="",
        dead_letter_bucket_name="",
    )
    with closing(DatabaseClient(Secrets("eu-west-1"), outputs)) as found:
        yield found


def test_a_server_that_is_restarted_is_waited_for(server: Server, database: DatabaseClient) -> None:
    assert database.levels("A-") == {("A-1", "BER"): 7}
    server.stop()
    soon = threading.Timer(0.5, server.start)
    soon.start()
    assert database.levels("A-") == {("A-1", "BER"): 7}
    soon.join()


def test_a_server_that_stays_down_is_an_expected_failure(
    server: Server, database: DatabaseClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "RECONNECT_SECONDS", 0.1)
    server.stop()
    try:
        with pytest.raises(PlatformError, match="database: "):
            database.levels("A-")
    finally:
        server.start()


def test_a_wrong_query_is_not_repeated(database: DatabaseClient) -> None:
    with pytest.raises(PlatformError, match=r'relation "product_fact" does not exist'):
        database.facts("A-")
