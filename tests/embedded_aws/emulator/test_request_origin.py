"""Requests from web pages are recognised by headers that pages cannot change."""

from __future__ import annotations

import pytest

from embedded_aws.emulator.request_origin import refusal, without_cors

PORT = 4566
FUNCTION = f"{'a1' * 16}.lambda-url.us-east-1.on.aws"


def headers(**given: str) -> list[tuple[bytes, bytes]]:
    found = {"host": f"127.0.0.1:{PORT}", **given}
    return [(name.replace("_", "-").encode(), value.encode()) for name, value in found.items()]


@pytest.mark.parametrize(
    "host",
    [
        f"127.0.0.1:{PORT}",
        f"localhost:{PORT}",
        f"LOCALHOST:{PORT}",
        f"[::1]:{PORT}",
        f"bucket.s3.localhost:{PORT}",
        FUNCTION,
        f"{FUNCTION}:{PORT}",
    ],
)
def test_host_names_of_the_endpoint_are_allowed(host: str) -> None:
    assert refusal(headers(host=host), PORT) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "127.0.0.1",
        "localhost",
        "127.0.0.1:80",
        "evil.example",
        f"evil.example:{PORT}",
        f"127.0.0.1.evil.example:{PORT}",
        f"localhost.evil.example:{PORT}",
        f"notlocalhost:{PORT}",
        f"localhost.:{PORT}",
        f"127.0.0.2:{PORT}",
        f"0.0.0.0:{PORT}",
        f"2130706433:{PORT}",
        f"user@127.0.0.1:{PORT}",
        f"127.0.0.1:{PORT}:{PORT}",
        f"127.0.0.1:{PORT}.evil.example",
        f"evil.example#127.0.0.1:{PORT}",
        FUNCTION.replace("on.aws", "evil.example"),
        f"{FUNCTION}.evil.example:{PORT}",
        f"{FUNCTION}:80",
    ],
)
def test_other_host_names_are_refused(host: str) -> None:
    assert refusal(headers(host=host), PORT) is not None


def test_a_request_needs_exactly_one_host_header() -> None:
    assert refusal([], PORT) is not None
    assert refusal([*headers(), *headers(host="evil.example")], PORT) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("origin", f"http://127.0.0.1:{PORT}"),
        ("origin", ""),
        ("sec_fetch_site", "cross-site"),
        ("sec_fetch_site", "same-site"),
        ("referer", "http://evil.example/page"),
        ("referer", f"http://127.0.0.1:{PORT + 1}/"),
        ("referer", "about:blank"),
    ],
)
def test_headers_of_web_pages_are_refused(name: str, value: str) -> None:
    assert refusal(headers(**{name: value}), PORT) is not None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sec_fetch_site", "none"),
        ("sec_fetch_site", "same-origin"),
        ("sec_fetch_mode", "cors"),
        ("referer", f"http://localhost:{PORT}/bucket"),
        ("user_agent", "Boto3/1.43"),
    ],
)
def test_headers_of_aws_clients_and_direct_navigation_are_allowed(name: str, value: str) -> None:
    assert refusal(headers(**{name: value}), PORT) is None


def test_cors_headers_are_removed() -> None:
    given = [
        (b"Access-Control-Allow-Origin", b"*"),
        (b"access-control-expose-headers", b"*"),
        (b"Content-Type", b"text/xml"),
        (b"timing-allow-origin", b"*"),
    ]
    assert without_cors(given) == [(b"Content-Type", b"text/xml")]
