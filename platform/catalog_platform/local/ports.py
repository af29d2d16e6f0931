"""Loopback ports: the same ones as last time where possible, free ones otherwise."""

from __future__ import annotations

import socket
from pathlib import Path

from catalog_platform.errors import PlatformError

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on that loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Servers set this too: connections of a server that just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def listens_for(port: int, user: int) -> bool:
    """Whether the server on a loopback port, if there is one, is a user's own.

    While a server is restarted any user of the machine can listen in its place, and must not be
    sent its secrets. True on systems that do not tell.
    """
    try:
        lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    except OSError:
        return True
    listening = "0A"
    addresses = (f"0100007F:{port:04X}", f"00000000:{port:04X}")
    # Columns: number, local address, remote address, state, queues, timer, retransmits, user.
    found = [line.split() for line in lines]
    return all(int(f[7]) == user for f in found if f[1] in addresses and f[3] == listening)


def choose(count: int) -> list[int]:
    """That many different free ports."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def require(port: int, what: str) -> int:
    """The port that the user asked for.

    Raises `PlatformError` when another program listens on it.
    """
    if not is_free(port):
        raise PlatformError(
            f"port {port} for {what} is in use by another program",
            hint="leave the port out, and a free one is chosen",
        )
    return port
