"""Choose loopback ports."""

from __future__ import annotations

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
    """Return `count` different free ports."""
    probes = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((LOOPBACK, 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


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
