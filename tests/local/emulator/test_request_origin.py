"""Requests that web pages cause are told from those of AWS clients by headers pages cannot set."""

from __future__ import annotations

import pytest

from catalog_platform.local.emulator.request_origin import refusal, without_cors

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
def test_the_endpoints_own_names_pass(host: str) -> None:
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
def test_any_other_name_is_refused(host: str) -> None:
    assert refusal(headers(host=host), PORT) is not None


def test_a_request_without_a_name_or_with_two_is_refused() -> None:
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
def test_what_a_page_sends_is_refused(name: str, value: str) -> None:
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
def test_what_an_aws_client_or_its_user_sends_passes(name: str, value: str) -> None:
    assert refusal(headers(**{name: value}), PORT) is None


def test_no_header_that_opens_an_answer_to_pages_is_left() -> None:
    given = [
        (b"Access-Control-Allow-Origin", b"*"),
        (b"access-control-expose-headers", b"*"),
        (b"Content-Type", b"text/xml"),
        (b"timing-allow-origin", b"*"),
    ]
    assert without_cors(given) == [(b"Content-Type", b"text/xml")]
