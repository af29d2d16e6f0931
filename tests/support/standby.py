"""A PostgreSQL primary with a synchronous standby, behind one address.

As with RDS in two zones, a commit waits for the standby, and clients know one address that leads
to the standby once that is promoted.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from embedded_aws.servers import ports, postgres, processes, unprivileged
from embedded_aws.servers.processes import Process
from support.embedded_python import PACKAGES
from support.forwarder import Forwarder
from support.servers import READY_SECONDS

REPLICATION = f"host replication all {ports.LOOPBACK}/32 scram-sha-256\n"
BASEBACKUP_SECONDS = 60.0
PASSWORD = "of-both-servers"


class ReplicatedPostgres:
    """Two servers; `port` leads to the one that takes writes.

    `start` makes both; `fail_over` ends the primary or demotes it, and promotes the standby.
    """

    def __init__(self, folder: Path) -> None:
        first, second = ports.choose(2)
        self._nodes = [
            postgres.Cluster(folder / name, folder / f"{name}.log", port, PASSWORD)
            for name, port in (("first", first), ("second", second))
        ]
        self._processes: dict[int, Process] = {}
        self.address: Forwarder | None = None

    @property
    def port(self) -> int:
        """Where clients connect."""
        assert self.address is not None
        return self.address.port

    @property
    def url(self) -> str:
        """Return the administrator's address of the current primary."""
        return postgres.url(self.port, PASSWORD)

    @property
    def primary(self) -> int:
        """The port of the first server itself."""
        return self._nodes[0].port

    @property
    def standby(self) -> int:
        """The port of the second server itself."""
        return self._nodes[1].port

    def start(self) -> None:
        """Start the primary, copy it, and wait until the standby repeats its commits."""
        primary, standby = self._nodes
        self._launch(primary)
        self._copy(primary, standby)
        self._launch(standby)
        self._wait_for_standby()
        self.address = Forwarder(self.primary)

    def fail_over(self, *, keep: bool = False) -> None:
        """Promote the standby and lead clients there; with `keep`, the old primary lives on.

        It is killed otherwise. Connections to an old primary that lives on are not cut: it is
        read-only from now on.
        """
        assert self.address is not None
        if keep:
            self.execute(self.primary, "ALTER SYSTEM SET default_transaction_read_only = on")
            self.execute(self.primary, "SELECT pg_reload_conf()")
        else:
            processes.end(self._processes.pop(self.primary), signal.SIGKILL)
            self.address.reset_connections()
        self.execute(self.standby, "SELECT pg_promote()")
        self.address.target = self.standby

    def restore_standby(self) -> None:
        """After a failover: make the old primary a standby of the new one, from a fresh copy."""
        self._nodes.reverse()
        primary, standby = self._nodes
        if standby.port in self._processes:
            processes.end(self._processes.pop(standby.port), signal.SIGQUIT)
        shutil.rmtree(standby.folder)
        self._copy(primary, standby)
        self._launch(standby)
        self._wait_for_standby()

    def stop(self) -> None:
        """Stop what runs."""
        if self.address is not None:
            self.address.close()
        for process in self._processes.values():
            processes.end(process, signal.SIGQUIT)
        self._processes.clear()

    def execute(self, port: int, statement: str) -> list[tuple[object, ...]]:
        """Run a statement as the administrator of one of the servers."""
        with self.connect(port) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def connect(self, port: int | None = None) -> psycopg.Connection[tuple[object, ...]]:
        """Return an administrator's connection to the current primary, in autocommit mode."""
        return psycopg.connect(
            postgres.url(port or self.port, PASSWORD), autocommit=True, connect_timeout=10
        )

    def _wait_for_standby(self) -> None:
        """Have commits of the primary wait for the standby from now on."""
        self.execute(self.primary, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.execute(self.primary, "SELECT pg_reload_conf()")
        _until(lambda: self._in_sync(), "the standby did not catch up")

    def _launch(self, node: postgres.Cluster) -> None:
        self._processes[node.port] = postgres.start(PACKAGES, node)
        _until(lambda: postgres.ready(node), "the server did not become ready")

    def _copy(self, primary: postgres.Cluster, standby: postgres.Cluster) -> None:
        """https://www.postgresql.org/docs/current/app-pgbasebackup.html."""
        who = unprivileged.account()
        # Every start of a server writes the file anew, without this line.
        access = primary.folder / "pg_hba.conf"
        access.write_text(access.read_text("ascii") + REPLICATION, "ascii")
        self.execute(primary.port, "SELECT pg_reload_conf()")
        programs = unprivileged.program_folder(PACKAGES / postgres.PROGRAMS, who)
        standby.folder.mkdir(mode=0o700)
        who.set_owner(standby.folder)
        subprocess.run(
            [
                programs / "pginstall" / "bin" / "pg_basebackup",
                f"--dbname={postgres.url(primary.port, PASSWORD)}",
                f"--pgdata={standby.folder}",
                "--wal-method=stream",
                "--checkpoint=fast",
                "--no-sync",
                "--write-recovery-conf",
            ],
            check=True,
            timeout=BASEBACKUP_SECONDS,
            env=postgres.ENVIRONMENT,
            cwd=standby.folder,
            user=who.user,
            group=who.group,
            extra_groups=None if who.user is None else [],
        )

    def _in_sync(self) -> bool:
        states = self.execute(self.primary, "SELECT sync_state FROM pg_stat_replication")
        return states == [("sync",)]


@contextlib.contextmanager
def replicated_postgres() -> Iterator[ReplicatedPostgres]:
    """Both servers, running; they and their data are gone in the end."""
    folder = Path(tempfile.mkdtemp(prefix="catalog-test-"))
    folder.chmod(0o711)
    servers = ReplicatedPostgres(folder)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(folder)


def _until(condition: Callable[[], bool], failure: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not condition():
        assert time.monotonic() < deadline, failure
        time.sleep(0.05)
