"""A web server that receives CloudFormation responses."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Answers:
    """The received bodies, and how many of the next requests are refused or answered slowly."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.bodies: list[dict[str, Any]] = []
        self.content_types: list[str | None] = []
        self.refusals = 0
        self.dripping = 0
        self.stopping = threading.Event()


@contextlib.contextmanager
def answers() -> Iterator[Answers]:
    """Run the server on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if kept.dripping:
                kept.dripping -= 1
                self._drip()
                return
            refused = kept.refusals > 0
            if refused:
                kept.refusals -= 1
            else:
                kept.bodies.append(json.loads(body))
                kept.content_types.append(self.headers["Content-Type"])
            self.send_response(503 if refused else 200)
            self.end_headers()

        def _drip(self) -> None:
            """Send a header byte by byte, each before the client's timeout."""
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self.close_connection = True
            while not kept.stopping.wait(0.1):
                self.wfile.write(b"a")

        def log_message(self, *_arguments: object) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        kept = Answers(f"http://127.0.0.1:{server.server_port}/answer?signature=x")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield kept
        finally:
            kept.stopping.set()
            server.shutdown()
            thread.join()
