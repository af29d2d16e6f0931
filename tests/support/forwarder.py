"""A TCP forwarder on loopback that can refuse, hang, delay and cut connections.

It simulates networks, proxies and, with a certificate, a server with TLS.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
import time
from collections.abc import Iterator

CHUNK_BYTES = 65536
LOOPBACK = "127.0.0.1"
# Closing such a socket sends a reset: https://man7.org/linux/man-pages/man7/socket.7.html
RESET = struct.pack("ii", 1, 0)


class Forwarder:
    """Forwards `port` to `target`; each method changes its behaviour from now on."""

    def __init__(self, target: int, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.target = target
        self.accepted = 0
        self._tls = tls
        self._open = threading.Event()
        self._delay = 0.0
        self._remaining: int | None = None
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.port = port
        self.restore()

    def restore(self) -> None:
        """Forward everything immediately."""
        self._delay, self._remaining = 0.0, None
        self._open.set()
        if self._listener is None:
            self._listener = socket.create_server((LOOPBACK, self.port))
            self.port = self._listener.getsockname()[1]
            self._thread(self._accept, self._listener)

    def refuse(self) -> None:
        """Refuse new connections and reset existing ones."""
        if self._listener is not None:
            # Closing alone is not enough: a thread in accept() keeps the socket listening.
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.reset_connections()

    def hang(self) -> None:
        """Accept connections and bytes, but forward nothing until `restore`."""
        self._open.clear()

    def delay(self, seconds: float) -> None:
        """Delay each chunk, in both directions."""
        self._delay = seconds

    def cut_after(self, count: int) -> None:
        """Forward `count` more bytes of replies, then reset that connection."""
        self._remaining = count

    def discard(self) -> None:
        """Forward everything from now on, and drop delayed bytes."""
        if self._delay or not self._open.is_set():
            self.reset_connections()
        self.restore()

    def reset_connections(self) -> None:
        """Reset every existing connection."""
        with self._lock:
            existing = list(self._sockets)
        for each in existing:
            _reset(each)

    def close(self) -> None:
        """Refuse all connections permanently and end the threads."""
        self.refuse()
        self._open.set()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                self.accepted += 1
                self._thread(self._connect, client)

    def _connect(self, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._keep(client)
            self._open.wait()
            if self._tls is not None:
                with self._lock:
                    self._sockets.discard(client)
                client = self._tls.wrap_socket(client, server_side=True)
                self._keep(client)
            server = socket.create_connection((LOOPBACK, self.target))
            self._keep(server)
            self._thread(self._copy, client, server, False)
            self._copy(server, client, True)
            return
        _reset(client)

    def _copy(self, source: socket.socket, sink: socket.socket, replies: bool) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(CHUNK_BYTES):
                time.sleep(self._delay)
                self._open.wait()
                if replies and self._remaining is not None:
                    sent, chunk = self._remaining, chunk[: self._remaining]
                    self._remaining = sent - len(chunk)
                    sink.sendall(chunk)
                    if not self._remaining:
                        self._remaining = None
                        break
                    continue
                sink.sendall(chunk)
        for each in (source, sink):
            _reset(each)
            with self._lock:
                self._sockets.discard(each)

    def _keep(self, each: socket.socket) -> None:
        with self._lock:
            self._sockets.add(each)

    @staticmethod
    def _thread(target: object, *arguments: object) -> None:
        threading.Thread(target=target, args=arguments, daemon=True).start()  # type: ignore[arg-type]


@contextlib.contextmanager
def forwarder(target: int, tls: ssl.SSLContext | None = None) -> Iterator[Forwarder]:
    """A forwarder to a port on loopback, closed at the end."""
    made = Forwarder(target, tls)
    try:
        yield made
    finally:
        made.close()


def _reset(each: socket.socket) -> None:
    with contextlib.suppress(OSError):
        each.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        # Wakes a thread that is blocked in recv(), unlike close().
        each.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        each.close()
