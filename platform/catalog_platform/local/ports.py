"""Loopback ports: the same ones as last time where possible, free ones otherwise."""

from __future__ import annotations

import socket

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
