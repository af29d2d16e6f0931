"""Self-signed certificates for loopback, and a TLS server that presents one."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


class Certificate(NamedTuple):
    """PEM files of a key and of its self-signed certificate for 127.0.0.1."""

    key: Path
    certificate: Path

    def server_context(self) -> ssl.SSLContext:
        """Return the SSL context of a server with the certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def self_signed(folder: Path) -> Certificate:
    """Create a key and a certificate in `folder`."""
    made = Certificate(folder / "key.pem", folder / "certificate.pem")
    request = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test"]
    output = ["-days", "2", "-keyout", str(made.key), "-out", str(made.certificate)]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(request + names + output, check=True, capture_output=True)
    return made


@contextlib.contextmanager
def self_signed_server(folder: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Run a TLS server on loopback; yield its port and the list of received bytes."""
    context = self_signed(folder).server_context()
    received: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                plain, _ = listener.accept()
                with contextlib.suppress(OSError), context.wrap_socket(plain, True) as secured:
                    received.append(secured.recv(4096))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield listener.getsockname()[1], received
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()
