"""Which requests come from a web page, or were sent to another name than the endpoint's own.

A browser lets any page send requests to this machine. It adds headers that no AWS client sends,
and a page that has its own host name resolve to 127.0.0.1 ("DNS rebinding") cannot change `Host`.

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
# The host name of a function's URL, which belongs to AWS: no other page can have it.
FUNCTION_URL = re.compile(r"[a-z0-9]{32}\.lambda-url\.[a-z0-9-]+\.on\.aws")
# A request that no page has caused.
OWN_SITES = ("none", "same-origin")


def refusal(headers: Headers, port: int) -> str | None:
    """Why a request is refused, None when it is not; `port` is the one the endpoint listens on."""
    hosts = values(headers, "host")
    if len(hosts) != 1 or not _is_own(hosts[0], port):
        return "the Host header does not name this endpoint"
    if values(headers, "origin"):
        return "requests of web pages are refused: there is an Origin header"
    if any(site not in OWN_SITES for site in values(headers, "sec-fetch-site")):
        return "requests of web pages are refused: Sec-Fetch-Site names another site"
    if any(not _is_own(urlsplit(page).netloc, port) for page in values(headers, "referer")):
        return "requests of web pages are refused: Referer names another site"
    return None


def values(headers: Headers, name: str) -> list[str]:
    """All values of a header, in lower case as far as its name goes."""
    wanted = name.encode()
    return [value.decode("latin-1") for key, value in headers if key.lower() == wanted]


def names_function(host: str) -> bool:
    """Whether a Host header is the one of a function's URL, with a port or without."""
    return FUNCTION_URL.fullmatch(host.lower().partition(":")[0]) is not None


def without_cors(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Response headers without those that let a web page read the answer."""
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
