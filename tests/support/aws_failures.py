"""Failures of an AWS service and of the network between it and its client."""

from __future__ import annotations

import json
import time

from support.aws_endpoint import JSON, XML, Failure, Handler


def hang(handler: Handler) -> None:
    """Answer nothing, and keep the connection."""
    handler.endpoint.stopping.wait(30)
    handler.close_connection = True


def close(handler: Handler) -> None:
    """Close the connection without an answer."""
    handler.close_connection = True


def drip(handler: Handler) -> None:
    """A header that comes byte by byte, each before the client's timeout, and never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    handler.close_connection = True
    while not handler.endpoint.stopping.wait(0.1):
        handler.wfile.write(b"a")


def drip_body(handler: Handler) -> None:
    """Send a body byte by byte, each before the client's timeout, for longer than a test."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.close_connection = True
    while not handler.endpoint.stopping.wait(0.1):
        handler.wfile.write(b"a")


def slow(handler: Handler) -> None:
    """Late, but a right answer."""
    time.sleep(0.1)
    handler.succeed()


def error(status: int, code: str, headers: dict[str, str] | None = None) -> Failure:
    """An error in the words of the protocol that was asked in."""

    def fail(handler: Handler) -> None:
        if handler.command == "POST":
            body = json.dumps({"__type": code, "message": "refused"}).encode()
            handler.answer(status, body, JSON, headers)
        else:
            text = f"<Error><Code>{code}</Code><Message>refused</Message></Error>"
            handler.answer(status, text.encode(), XML, headers)

    return fail


def garbage(status: int) -> Failure:
    """A body in no protocol, as a proxy in between may send it."""
    return answers(status, b"<html>\xff\xfe &broken;")


def answers(status: int, body: bytes) -> Failure:
    """Any body."""

    def fail(handler: Handler) -> None:
        handler.answer(status, body, JSON)

    return fail


def truncated(handler: Handler) -> None:
    """A body that ends before its length."""
    handler.wfile.write(b"HTTP/1.1 500 Oops\r\nContent-Length: 100\r\n\r\n<Error>")
    handler.close_connection = True


def no_http(handler: Handler) -> None:
    """Bytes that are no HTTP."""
    handler.wfile.write(b"\x00\x01\x02 SSH-2.0\r\n\r\n")
    handler.close_connection = True


# Failures that end without a change of the configuration, and those that do not.
RETRIED: dict[str, Failure] = {
    "closed": close,
    "hung": hang,
    "dripping": drip,
    "throttled": error(503, "SlowDown"),
    "failing inside": error(500, "InternalError"),
    "behind a broken proxy": garbage(502),
    "answering in another form": answers(500, b"[1]"),
    "refusing a token that expired": error(400, "ExpiredToken"),
    "cut off": truncated,
    "not HTTP": no_http,
}
FAILED: dict[str, Failure] = {
    "denied": error(403, "AccessDenied"),
    "missing": error(404, "NoSuchBucket"),
    "without its key": error(400, "KMS.DisabledException"),
    "redirecting endlessly": error(307, "TemporaryRedirect"),
    "moved": error(301, "PermanentRedirect", {"x-amz-bucket-region": "eu-central-1"}),
}
ALL = RETRIED | FAILED | {"replaced by a page": garbage(404)}
