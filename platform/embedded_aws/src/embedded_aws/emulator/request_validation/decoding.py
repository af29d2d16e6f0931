"""Read the operation and the parameters of a request, by the protocol of its service.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, unquote

from embedded_aws.emulator.request_validation.errors import MalformedError

# Responses of query services are XML: https://www.w3.org/TR/xml/#charsets
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Request:
    """An HTTP request to a service; `query` maps each name to a list of values."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of a service model, its parameters, and the names of those in a JSON body."""

    operation: Any
    parameters: dict[str, Any]
    in_body: frozenset[str] = frozenset()


def decode(model: Any, request: Request) -> Call | None:
    """Return the call, or None for an operation or a protocol that the model does not have.

    Raises `MalformedError` for a body that cannot be read.
    """
    target = request.headers.get("x-amz-target", "")
    content_type = request.headers.get("content-type", "")
    if "cbor" in content_type:
        name = target.rpartition(".")[2] or request.path.rpartition("/operation/")[2]
        return _call(model, name, lambda _shape: _cbor(request.body))
    if target:
        found = _call(model, target.rpartition(".")[2], lambda _shape: _json(request.body))
        return found and Call(found.operation, found.parameters, frozenset(found.parameters))
    if model.metadata["protocol"] == "rest-json":
        return _rest(model, request)
    values = {**_texts(request.query), **_form(request.body)}
    query = _Query(values, _ec2_name if model.metadata["protocol"] == "ec2" else _query_name)
    return _call(model, values.get("Action", ""), query.structure)


def _call(model: Any, name: str, read: Callable[[Any], dict[str, Any]]) -> Call | None:
    """Return the call of an operation; `read` gets the shape of its input."""
    if name not in model.operation_names:
        return None
    operation = model.operation_model(name)
    shape = operation.input_shape
    return Call(operation, read(shape) if shape else {})


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if body else {}
    except (ValueError, RecursionError) as error:
        raise MalformedError(f"Could not parse the request body: {error}") from error
    return _structure(found)


def _cbor(body: bytes) -> dict[str, Any]:
    import cbor2  # type: ignore[import-not-found]  # imported late, as by the emulator

    try:
        found = cbor2.loads(body) if body else {}
    except Exception as error:
        raise MalformedError(f"Could not parse the request body: {error}") from error
    return _structure(_without_datetimes(found))


def _structure(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise MalformedError("Start of structure is expected")
    return found


def _without_datetimes(value: Any) -> Any:
    """Return the value with timestamps in seconds, as in JSON."""
    if isinstance(value, dict):
        return {name: _without_datetimes(given) for name, given in value.items()}
    if isinstance(value, list):
        return [_without_datetimes(given) for given in value]
    return value.timestamp() if hasattr(value, "timestamp") else value


# REST with JSON


@functools.cache
def _routes(model: Any) -> list[tuple[int, str, re.Pattern[str], str]]:
    """Return the routes of a service: literal characters, method, pattern and operation."""
    found = []
    for name in model.operation_names:
        http = model.operation_model(name).http
        path = http["requestUri"].partition("?")[0].rstrip("/")
        parts = re.split(r"\{(\w+)\+?\}", path)
        pattern = "".join(
            f"(?P<{part}>.+)" if index % 2 else re.escape(part) for index, part in enumerate(parts)
        )
        literal = sum(map(len, parts[::2]))
        found.append((literal, http["method"], re.compile(pattern + "/?"), name))
    return sorted(found, key=lambda route: -route[0])


def _rest(model: Any, request: Request) -> Call | None:
    for _literal, method, pattern, name in _routes(model):
        matched = pattern.fullmatch(request.path) if method == request.method else None
        if matched:
            operation = model.operation_model(name)
            labels = {label: unquote(text) for label, text in matched.groupdict().items()}
            parameters, in_body = _rest_parameters(operation.input_shape, labels, request)
            return Call(operation, parameters, in_body)
    return None


def _rest_parameters(
    shape: Any, labels: Mapping[str, str], request: Request
) -> tuple[dict[str, Any], frozenset[str]]:
    if shape is None:
        return {}, frozenset()
    query = _texts(request.query)
    payload = shape.serialization.get("payload")
    found = {} if payload else _json(request.body)
    in_body = frozenset(found)
    for name, member in shape.members.items():
        location = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        source: Mapping[str, str] = {
            "uri": labels,
            "querystring": query,
            "header": request.headers,
        }.get(location or "", {})
        key = wire.lower() if location == "header" else wire
        if location:
            found.pop(name, None)
        if key in source and member.type_name not in ("list", "map", "structure"):
            found[name] = scalar(member, source[key])
    return found, in_body


# Query


def _texts(query: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: (given[0] if given else "") if isinstance(given, list) else str(given)
        for name, given in query.items()
    }


def _form(body: bytes) -> dict[str, str]:
    return _texts(parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True))


def _query_name(name: str, member: Any) -> str:
    if member.type_name == "list" and member.serialization.get("flattened"):
        return str(member.member.serialization.get("name", name))
    return str(member.serialization.get("name", name))


def _ec2_name(name: str, member: Any) -> str:
    """https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html"""
    wire = member.serialization.get("name", name)
    return str(member.serialization.get("queryName") or wire[:1].upper() + wire[1:])


@dataclass(frozen=True, slots=True)
class _Query:
    """The fields of a query request; `name` returns a member's name in it."""

    fields: Mapping[str, str]
    name: Callable[[str, Any], str]

    def structure(self, shape: Any, prefix: str = "") -> dict[str, Any]:
        """Return the members below a prefix that the request has."""
        found = {}
        for name, member in shape.members.items():
            value = self._value(member, f"{prefix}{self.name(name, member)}")
            if value is not None:
                found[name] = value
        return found

    def _value(self, shape: Any, key: str) -> Any:
        """Return the value below a key, or None if the request has none."""
        if shape.type_name == "list":
            return [self._value(shape.member, item) for item in self._items(key)] or None
        if shape.type_name in ("map", "structure"):
            if not any(name.startswith(f"{key}.") for name in self.fields):
                return None
            if shape.type_name == "structure":
                return self.structure(shape, f"{key}.")
            return {
                self.fields.get(f"{item}.key", ""): self._value(shape.value, f"{item}.value")
                for item in self._items(key)
            }
        return scalar(shape, self.fields[key]) if key in self.fields else None

    def _items(self, key: str) -> list[str]:
        """Return the keys of a list's items in order: `KEY.1` or `KEY.NAME.1`."""
        pattern = re.compile(rf"({re.escape(key)}\.(?:\w+\.)?(\d+))(?:\..*)?")
        below = f"{key}."
        matches = (pattern.fullmatch(name) for name in self.fields if name.startswith(below))
        found = {match[1]: int(match[2][:9]) for match in matches if match}
        return sorted(found, key=lambda name: found[name])


def scalar(shape: Any, text: str) -> Any:
    """Return a text of a query or header as a value of a shape's type."""
    if shape.type_name in ("integer", "long", "double", "float"):
        try:
            return float(text) if shape.type_name in ("double", "float") else int(text)
        except ValueError as error:
            raise MalformedError(f"{text} is not a number") from error
    if shape.type_name == "boolean":
        if text.lower() not in ("true", "false"):
            raise MalformedError(f"{text} is neither true nor false")
        return text.lower() == "true"
    if NOT_IN_XML.search(text):
        raise MalformedError("The value has control characters, which XML cannot contain")
    return _seconds(text) if shape.type_name == "timestamp" else text


def _seconds(text: str) -> float:
    """Return a timestamp of a query, a header or XML in seconds since 1970."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except ValueError:
            continue
        # Times without a zone are in UTC.
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    raise MalformedError(f"{text} is not a timestamp")
