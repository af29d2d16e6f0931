"""Choose loopback ports."""

from __future__ import annotations

import contextlib
import socket

from embedded_aws.errors import EmbeddedAwsError

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

    Raises `EmbeddedAwsError` when another program listens on it.
    """
    if not is_free(port):
        raise EmbeddedAwsError(
            f"port {port} for {what} is in use by another program",
            hint="choose another port, or omit it to use a free one",
        )
    return port
