"""Choose loopback ports."""

from __future__ import annotations

import contextlib
import socket
from pathlib import Path

from catalog_platform.errors import PlatformError

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Return whether a server can listen on a loopback port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections of a server that has just ended do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def listens_for(port: int, user: int) -> bool:
    """Return whether the server on a loopback port, if there is one, belongs to `user`.

    While a server restarts, any user of the machine can listen on its port, and must not receive
    its secrets. Returns True on systems without /proc/net/tcp.
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
    """Return `count` different free ports, for servers that set SO_REUSEADDR.

    Each port has had a connection that its server side closed first. While that connection is in
    TIME_WAIT (one minute on Linux), the kernel gives the port only to programs that ask for its
    number, so that no other program gets it before the server starts. See RFC 9293, section 3.6.1.
    """
    with contextlib.ExitStack() as open_sockets:
        probes = [
            open_sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            for _ in range(count)
        ]
        for probe in probes:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, 0))
            probe.listen()
        for probe in probes:
            _leave_in_time_wait(probe)
        return [int(probe.getsockname()[1]) for probe in probes]


def _leave_in_time_wait(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()) as connection:
        listening.accept()[0].close()
        connection.recv(1)  # returns when the other side is closed


def require(port: int, what: str) -> int:
    """Return the port that the user asked for.

    Raises `PlatformError` when another program listens on it.
    """
    if not is_free(port):
        raise PlatformError(
            f"port {port} for {what} is in use by another program",
            hint="choose another port, or omit it to use a free one",
        )
    return port
