"""Log-ins at PostgreSQL that are refused, hang, or meet a name that leads nowhere."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from catalog_runtime import database as runtime_database
from catalog_runtime.database import Connection, Database, DatabaseError
from catalog_runtime.login import PasswordLogin
from catalog_runtime.reaction import Reaction
from catalog_runtime.secrets import Secrets
from support.cloud import FakeSecretsManager
from support.outages import (
    ANSWER_SECONDS,
    LOG_IN_SECONDS,
    RUN_SECONDS,
    secret_of,
    takes_at_most,
)
from support.servers import Server, connect, database_settings

pytestmark = pytest.mark.e2e


def one(connection: Connection) -> Any:
    return connection.execute("SELECT 1").fetchone()


@contextmanager
def role(server: Server, options: str = "") -> Iterator[Any]:
    """A role `outage` with the password `first`, and an administrator."""
    with connect(server) as administrator:
        administrator.execute(f"CREATE ROLE outage LOGIN PASSWORD 'first' {options}")
        try:
            yield administrator
        finally:
            administrator.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE usename = 'outage'"
            )
            administrator.execute("DROP ROLE outage")


def database_of(port: int, secrets: FakeSecretsManager, **different: str) -> Database:
    return Database(
        database_settings(port, **different),
        PasswordLogin(Secrets(secrets), "database"),
        application="outages",
        answer_seconds=ANSWER_SECONDS,
        run_seconds=RUN_SECONDS,
    )


def test_a_server_that_never_starts_tls_is_left_in_bounded_time(
    secrets: FakeSecretsManager,
) -> None:
    def agree_and_say_no_more() -> None:
        client, _ = listener.accept()
        accepted.append(client)
        client.recv(8)
        client.sendall(b"S")

    accepted: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=agree_and_say_no_more)
        thread.start()
        database = database_of(listener.getsockname()[1], secrets, tls="verify-full")
        with takes_at_most(LOG_IN_SECONDS), pytest.raises(DatabaseError, match="log-in") as raised:
            database.run(one)
        thread.join()
    accepted[0].close()
    assert raised.value.reaction is Reaction.RETRY
    # Another password would not have helped.
    assert secrets.fetched == ["database"]


def test_a_name_that_is_not_resolved_in_time_fails_the_log_in(
    secrets: FakeSecretsManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runtime_database, "CONNECT_SECONDS", 0.3)

    def slow(*_: object, **__: object) -> list[object]:
        time.sleep(2)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    database = database_of(1, secrets, host="database.test")

    with takes_at_most(0.3), pytest.raises(DatabaseError, match=r"within 0\.3 s"):
        database.run(one)


def test_many_addresses_that_do_not_answer_take_no_longer_than_one(
    secrets: FakeSecretsManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 3
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

        with takes_at_most(LOG_IN_SECONDS), pytest.raises(DatabaseError):
            database_of(port, secrets, host="database.test").run(one)


def test_a_name_and_a_password_that_are_rotated_at_once_are_fetched_once_more(
    schema: Server, secrets: FakeSecretsManager
) -> None:
    secrets.secrets["database"] = secret_of("gone", "old")
    database = database_of(schema.port, secrets)
    with pytest.raises(DatabaseError) as raised:
        database.run(one)
    assert raised.value.login_refused
    assert raised.value.reaction is Reaction.RETRY
    with role(schema):
        secrets.secrets["database"] = secret_of("outage", "first")
        assert database.run(one) == (1,)
        database.close()


def test_no_secret_is_fetched_again_for_a_server_that_is_not_there(
    secrets: FakeSecretsManager,
) -> None:
    with pytest.raises(DatabaseError, match="refused") as raised:
        database_of(1, secrets).run(one)

    assert secrets.fetched == ["database"]
    assert not raised.value.login_refused


def test_too_many_connections_are_retried(schema: Server, secrets: FakeSecretsManager) -> None:
    secrets.secrets["database"] = secret_of("outage", "first")
    database = database_of(schema.port, secrets)
    with role(schema, "CONNECTION LIMIT 0") as administrator:
        with pytest.raises(DatabaseError, match="too many connections") as raised:
            database.run(one)
        assert raised.value.reaction is Reaction.RETRY
        administrator.execute("ALTER ROLE outage CONNECTION LIMIT -1")
        assert database.run(one) == (1,)
        database.close()
