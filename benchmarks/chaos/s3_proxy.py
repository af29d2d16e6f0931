"""A door to S3 that can be made slow, that can refuse, and that can lose an answer."""

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
FATES = ("refuse", "refuse", "pass", "forget", "forget")
# The endpoint answers only to its own name.
_OURS = {"connection", "transfer-encoding", "expect", "host"}


class S3Proxy:
    """Passes requests on to `endpoint_url`; four of five fail while `failing` is set.

    They fail in pairs, so that a client's second attempt is not always lucky. `delay` is in seconds
    and comes before each request.
    """

    def __init__(self, endpoint_url: str) -> None:
        self.target = urlsplit(endpoint_url)
        self.failing = False
        self.delay = 0.0
        self.refused = 0
        self.answers_lost = 0
        self._numbers = itertools.count()
        self._server = _Server(("127.0.0.1", 0), _handler_of(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fate(self) -> str:
        """Of the next request: `pass`, `refuse`, or `forget` its answer."""
        if not self.failing:
            return "pass"
        return FATES[next(self._numbers) % len(FATES)]

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: those who call are killed on purpose."""


def _handler_of(proxy: S3Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = self.rfile.read(length)
            time.sleep(proxy.delay)
            fate = proxy.fate()
            if fate == "refuse":
                proxy.refused += 1
                self._answer(503, {"Content-Type": "application/xml"}, SLOW_DOWN)
                return
            try:
                status, headers, content = self._forward(body)
            except OSError:
                self.close_connection = True
                return
            if fate == "forget":
                proxy.answers_lost += 1
                self.close_connection = True
                return
            self._answer(status, headers, content)

        def _forward(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
            connection = http.client.HTTPConnection(
                proxy.target.hostname or "", proxy.target.port, timeout=FORWARD_SECONDS
            )
            try:
                headers = {k: v for k, v in self.headers.items() if k.lower() not in _OURS}
                connection.request(self.command, self.path, body, headers)
                answer = connection.getresponse()
                content = answer.read()
                return answer.status, dict(answer.getheaders()), content
            finally:
                connection.close()

        def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() not in _OURS | {"content-length"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: Any) -> None:
            """Say nothing: the account tells what happened."""

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = _pass_on  # noqa: N815

    return Handler
