"""Parsing of requests to the function's URL: path and query string.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

from catalog_reader.parameters import Problems, QueryError, quoted

_QUOTE = "'"
METHODS = ("GET", "HEAD")
# Bytes that are not UTF-8 become surrogates, which no parameter accepts.
_ERRORS = "surrogateescape"


def is_request(event: object) -> bool:
    """Return whether an event comes from the URL; other events have no `requestContext`."""
    return isinstance(event, dict) and "requestContext" in event


def path_of(event: Mapping[str, Any]) -> list[str]:
    """Return the decoded segments of the path.

    Raises `QueryError` for a method other than GET and HEAD, a body, or an event without a
    method or path.
    """
    context = event["requestContext"]
    http = context.get("http") if isinstance(context, dict) else None
    method = http.get("method") if isinstance(http, dict) else None
    path = event.get("rawPath")
    if not isinstance(method, str) or not isinstance(path, str):
        raise QueryError("expected a request with requestContext.http.method and rawPath")
    if method not in METHODS:
        raise QueryError(f"{quoted(method).strip(_QUOTE)} is not allowed; use GET", 405)
    if event.get("body"):
        raise QueryError("expected no body; parameters are in path and query string")
    return [unquote(segment, errors=_ERRORS) for segment in path.removeprefix("/").split("/")]


def parameters_of(event: Mapping[str, Any], problems: Problems) -> dict[str, list[str]]:
    """Return the values of each parameter of the query string, in order.

    Parts that are not `name=value`, and unknown parameters, become problems.
    """
    text = event.get("rawQueryString") or ""
    if not isinstance(text, str):
        problems.add("rawQueryString is no text")
        return {}
    found: dict[str, list[str]] = {}
    for part in text.split("&") if text else ():
        name, separator, value = part.partition("=")
        if not separator or not name:
            problems.add(f"{quoted(part)} in the query string is not name=value")
            continue
        found.setdefault(unquote_plus(name, errors=_ERRORS), []).append(
            unquote_plus(value, errors=_ERRORS)
        )
    problems.names(found)
    return found


def single(found: Mapping[str, list[str]], name: str, problems: Problems) -> str | None:
    """Return the value of a parameter, or None without one; several values become a problem."""
    values = found.get(name)
    if values is None:
        return None
    if len(values) > 1:
        problems.add(f"{name} is given {len(values)} times, expected once")
    return values[-1]
