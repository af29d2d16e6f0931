"""Find the operation of a request to S3: method, path, subresource, and members that it requires.

The routes are those of botocore's service model. Several operations share a route; they differ in
the headers and query parameters that they require, such as `uploadId`.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# By method, number of labels in the path (bucket and key), and subresources.
Route = tuple[str, int, frozenset[str]]

# It has the route of ListBuckets at the endpoint of S3 Express.
OF_ANOTHER_ENDPOINT = ("ListDirectoryBuckets",)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An operation, and the headers and query parameters that it requires."""

    name: str
    headers: frozenset[str]
    query: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Routes:
    """The operations of each route, the most demanding first, and all subresources."""

    candidates: Mapping[Route, list[_Candidate]]
    subresources: frozenset[str]


def operation(
    model: Any, method: str, labels: int, query: Mapping[str, Any], headers: Mapping[str, str]
) -> str | None:
    """Return the name of the operation, or None if S3 has none."""
    routes = _routes(model)
    named = routes.subresources.intersection(query)
    for found in routes.candidates.get((method, labels, named), ()):
        if found.query <= query.keys() and found.headers <= headers.keys():
            return found.name
    return None


@functools.cache
def _routes(model: Any) -> _Routes:
    candidates: dict[Route, list[_Candidate]] = {}
    subresources: set[str] = set()
    # The newer of two operations of a route has the longer name: PutBucketLifecycleConfiguration.
    for name in sorted(model.operation_names, key=len, reverse=True):
        if name in OF_ANOTHER_ENDPOINT:
            continue
        found = model.operation_model(name)
        path, _mark, literal = found.http["requestUri"].partition("?")
        named = frozenset(part.partition("=")[0] for part in literal.split("&") if part)
        subresources |= named
        route = (found.http["method"], path.count("{"), named)
        candidates.setdefault(route, []).append(_candidate(found))
    for each in candidates.values():
        each.sort(key=lambda found: -len(found.headers | found.query))
    return _Routes(candidates, frozenset(subresources))


def _candidate(operation: Any) -> _Candidate:
    shape = operation.input_shape
    required = [shape.members[name] for name in shape.required_members] if shape else []
    return _Candidate(
        operation.name,
        frozenset(_wires(required, "header", str.lower)),
        frozenset(_wires(required, "querystring", str)),
    )


def _wires(members: list[Any], location: str, spelled: Any) -> list[str]:
    return [
        spelled(member.serialization["name"])
        for member in members
        if member.serialization.get("location") == location
    ]
