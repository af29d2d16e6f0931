"""A proxy in front of S3 that can delay requests, reject them, or drop responses."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

SLOW_DOWN = (
    b'<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your rate</Message></Error>'
)
FORWARD_SECONDS = 30.0
OUTCOMES = ("reject", "reject", "forward", "drop_response", "drop_response")
# The endpoint accepts only its own host name; the other headers are hop-by-hop.
_NOT_FORWARDED = {"connection", "transfer-encoding", "expect", "host"}


class S3Proxy:
    """Forward requests to `endpoint_url`; four of five fail while `failing` is true.

    Failures come in pairs, so that a client's second attempt fails too at times. `delay` is the
    number of seconds before each request is forwarded.
    """

    def __init__(self, endpoint_url: str) -> None:
        self.target = urlsplit(endpoint_url)
        self.failing = False
        self.delay = 0.0
        self.rejected = 0
        self.responses_lost = 0
        self._numbers = itertools.count()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the URL that the proxy listens on."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def next_outcome(self) -> str:
        """Return what happens to the next request: one of `OUTCOMES`."""
        if not self.failing:
            return "forward"
        return OUTCOMES[next(self._numbers) % len(OUTCOMES)]

    def close(self) -> None:
        """Stop the proxy."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: clients are killed on purpose, so broken connections are expected."""


def _handler_of(proxy: S3Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            time.sleep(proxy.delay)
            outcome = proxy.next_outcome()
            if outcome == "reject":
                proxy.rejected += 1
                self._respond(503, {"Content-Type": "application/xml"}, SLOW_DOWN)
                return
            try:
                status, headers, content = self._forward(body)
            except OSError:
                self.close_connection = True
                return
            if outcome == "drop_response":
                proxy.responses_lost += 1
                self.close_connection = True
                return
            self._respond(status, headers, content)

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(
                proxy.target.hostname or "", proxy.target.port, timeout=FORWARD_SECONDS
            )
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_FORWARDED}
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                content = response.read()
                return response.status, dict(response.getheaders()), content
            finally:
                connection.close()

        def _respond(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in _NOT_FORWARDED | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing: the report counts rejected requests and dropped responses."""

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _handle  # noqa: N815

    return Handler
