from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.pq import Conninfo

from catalog_platform import variables
from catalog_platform.aws import database_client
from support import harmful_variables

SSL_REQUEST = struct.pack("!II", 8, 80877103)


@dataclass
class Server:
    """A server that refuses every log-in and remembers how clients introduce themselves."""

    port: int
    seen: list[bytes] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        found = Server(listening.getsockname()[1])

        def serve() -> None:
            while True:
                connection, _ = listening.accept()
                with connection:
                    found.seen.append(connection.recv(4096))
                    if found.seen[-1] == b"end":
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield found
        with socket.create_connection(("127.0.0.1", found.port)) as last:
            last.sendall(b"end")
        thread.join()


def introduction(server: Server, **parameters: Any) -> bytes:
    """Return the bytes that a connection sends first."""
    server.seen.clear()
    with pytest.raises(psycopg.OperationalError):
        database_client.connect(
            host="127.0.0.1",
            port=server.port,
            dbname="catalog",
            user="owner",
            password="secret",
            **parameters,
        )
    (first,) = server.seen
    return first


def libpq_variables() -> list[str]:
    """Return the variables that this libpq lists, and those that it reads besides."""
    listed = {option.envvar.decode() for option in Conninfo.get_defaults() if option.envvar}
    besides = {name for name in harmful_variables.VARIABLES if name.startswith("PG")}
    return sorted({*listed, *besides, "PGSERVICEFILE", "PGSYSCONFDIR", "PGGEQO", "PGTZ"})


def test_a_server_on_this_machine_gets_the_parameters_and_no_request_for_tls(
    server: Server,
) -> None:
    first = introduction(server)
    parameters = first[8:].rstrip(b"\0").split(b"\0")
    pairs = dict(zip(parameters[::2], parameters[1::2], strict=True))
    assert pairs == {b"user": b"owner", b"database": b"catalog"}


@pytest.mark.parametrize("name", libpq_variables())
def test_no_variable_changes_a_connection(
    name: str, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = introduction(server)
    monkeypatch.setenv(name, harmful_variables.VARIABLES.get(name, "/missing"))
    assert introduction(server) == clean
    assert name not in os.environ


def test_no_file_in_the_home_folder_changes_a_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    clean = introduction(server)
    home = harmful_variables.write_home(tmp_path, "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)
    assert introduction(server) == clean


def test_the_variables_do_change_an_ordinary_connection(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGOPTIONS", "-c search_path=corp")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=server.port, sslmode="disable", user="x")
    assert b"search_path=corp" in server.seen[0]


def test_any_other_server_is_reached_with_tls_only(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variables, "LOOPBACK", ())
    assert introduction(server) == SSL_REQUEST


def test_a_url_and_parameters_can_be_combined(server: Server) -> None:
    url = f"postgresql://postgres:secret@127.0.0.1:{server.port}/postgres"
    with pytest.raises(psycopg.OperationalError):
        database_client.connect(url, dbname="catalog")
    assert b"database\0catalog\0" in server.seen[0]
