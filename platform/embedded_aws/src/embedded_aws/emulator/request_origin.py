"""Detect requests that come from web pages, or whose Host is not this endpoint.

A browser lets any page send requests to this machine, but adds headers that AWS clients do not
send. A page whose host name resolves to 127.0.0.1 ("DNS rebinding") cannot change `Host`.

https://developer.mozilla.org/en-US/docs/Glossary/Fetch_metadata_request_header
https://fetch.spec.whatwg.org/#origin-header
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

Headers = Sequence[tuple[bytes, bytes]]

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
# Browsers and resolvers keep this domain on the machine: https://www.rfc-editor.org/rfc/rfc6761
LOOPBACK_DOMAIN = ".localhost"
# The host name of a function URL: the domain belongs to AWS, so no web page can use it.
FUNCTION_URL = re.compile(r"[a-z0-9]{32}\.lambda-url\.[a-z0-9-]+\.on\.aws")
# Values of Sec-Fetch-Site that do not come from another site.
ALLOWED_SITES = ("none", "same-origin")


def refusal(headers: Headers, port: int) -> str | None:
    """Return why a request is refused, or None; `port` is the port of the endpoint."""
    hosts = values(headers, "host")
    if len(hosts) != 1 or not _is_own(hosts[0], port):
        return "the Host header is not the host and port of this endpoint"
    if values(headers, "origin"):
        return "requests from web pages are refused: the request has an Origin header"
    if any(site not in ALLOWED_SITES for site in values(headers, "sec-fetch-site")):
        return "requests from web pages are refused: Sec-Fetch-Site is another site"
    if any(not _is_own(urlsplit(page).netloc, port) for page in values(headers, "referer")):
        return "requests from web pages are refused: Referer is another site"
    return None


def values(headers: Headers, name: str) -> list[str]:
    """Return all values of a header; names are compared without case."""
    expected_name = name.encode()
    return [value.decode("latin-1") for key, value in headers if key.lower() == expected_name]


def names_function(host: str) -> bool:
    """Return whether a Host header is that of a function URL, with or without a port."""
    return FUNCTION_URL.fullmatch(host.lower().partition(":")[0]) is not None


def without_cors(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return response headers without those that let a web page read the response."""
    return [
        (name, value)
        for name, value in headers
        if not name.lower().startswith((b"access-control-", b"timing-allow-origin"))
    ]


def _is_own(host: str, port: int) -> bool:
    name, colon, given = host.lower().rpartition(":")
    if names_function(host):
        return not colon or given == str(port)
    is_loopback = name in LOOPBACK_NAMES or name.endswith(LOOPBACK_DOMAIN)
    return is_loopback and given == str(port)
