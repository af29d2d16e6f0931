"""Requests that need no credentials on AWS either; all others need the session token.

Their path contains a random secret, which is accepted only while a response is pending. The host
and the origin of these requests are checked as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import custom_resource, wait_conditions

from embedded_aws.emulator import request_origin

_SECRET = r"(?P<secret>[0-9A-Za-z-]{32,64})"  # noqa: S105 - a pattern


@dataclass(frozen=True, slots=True)
class PublicPath:
    """A kind of request: its methods (None: all), its path, and the check of the secret in it."""

    purpose: str
    methods: frozenset[str] | None
    path: re.Pattern[str]
    accepts: Callable[[str], bool]


def _is_public(url_id: str) -> bool:
    """Return whether an id belongs to a function URL with the authorisation type NONE."""
    found = lambda_svc.resolve_function_url(url_id)
    return found is not None and found[-1].get("AuthType") == "NONE"


FUNCTION_PREFIX = "/_aws/lambda-url"
FUNCTION_PATH = re.compile(r"/_aws/lambda-url/(?P<secret>[a-z0-9]{32})(?:/.*)?", re.DOTALL)
PUBLIC_PATHS = (
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
    PublicPath(
        "the response of a custom resource to its pre-signed URL",
        frozenset({"PUT"}),
        re.compile(rf"/_ministack/cfn-response/{_SECRET}"),
        lambda secret: secret in custom_resource._pending,
    ),
    PublicPath(
        "the signal of a wait condition to its pre-signed URL",
        frozenset({"PUT"}),
        re.compile(rf"/_ministack/cfn-signal/{_SECRET}"),
        wait_conditions.has_handle,
    ),
    # https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    PublicPath("a call of a public function URL", None, FUNCTION_PATH, _is_public),
)


def needs_no_token(method: str, host: str, path: str) -> bool:
    """Return whether a request is one of `PUBLIC_PATHS`."""
    if request_origin.names_function(host):
        return _is_public(host.lower().partition(".")[0])
    for entry in PUBLIC_PATHS:
        found = entry.path.fullmatch(path)
        if found and (entry.methods is None or method in entry.methods):
            return entry.accepts(found["secret"])
    return False


def by_path(scope: MutableMapping[str, Any], host: str) -> MutableMapping[str, Any]:
    """Return a request to the host of a function URL as a request to the path of the URL.

    The emulator serves its own paths, such as `/_ministack/reset`, before it looks at the host.
    """
    prefix = f"{FUNCTION_PREFIX}/{host.lower().partition('.')[0]}"
    raw_path = scope.get("raw_path") or scope["path"].encode()
    headers = [(n, b"127.0.0.1" if n.lower() == b"host" else v) for n, v in scope["headers"]]
    return {
        **scope,
        "path": prefix + scope["path"],
        "raw_path": prefix.encode() + raw_path,
        "headers": headers,
    }


def is_function_url(host: str, path: str) -> bool:
    """Return whether a request is for a function URL, by host name or by path."""
    return request_origin.names_function(host) or FUNCTION_PATH.fullmatch(path) is not None
