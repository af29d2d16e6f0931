"""Encode parameters, valid or not, as requests of each protocol.

https://smithy.io/2.0/aws/protocols/index.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode
from xml.sax.saxutils import escape

Encoded = tuple[str, str, dict[str, str], str]


def encode(service: Any, operation: Any, parameters: Any) -> Encoded:
    """Return the method, the path, the headers and the body of a request."""
    protocol = service.metadata["protocol"]
    if protocol == "rest-json":
        return _rest(operation, parameters)
    if protocol == "rest-xml":
        return _rest_xml(operation, parameters)
    if protocol == "json":
        headers = {
            "x-amz-target": f"{service.metadata['targetPrefix']}.{operation.name}",
            "content-type": f"application/x-amz-json-{service.metadata['jsonVersion']}",
        }
        return "POST", "/", headers, json.dumps(parameters)
    flat = (
        _ec2(operation.input_shape, parameters, "") if protocol == "ec2" else _query(parameters, "")
    )
    fields = {"Action": operation.name, "Version": service.metadata["apiVersion"], **flat}
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return "POST", "/", headers, urlencode(fields, errors="replace")


def _rest(operation: Any, parameters: Any) -> Encoded:
    path, headers, body = _located(operation, parameters)
    return operation.http["method"], path, headers, json.dumps(body)


def _rest_xml(operation: Any, parameters: Any) -> Encoded:
    path, headers, body = _located(operation, parameters)
    shape = operation.input_shape
    payload = shape.serialization.get("payload", "")
    if payload not in body:
        return operation.http["method"], path, headers, ""
    member, value = shape.members[payload], body[payload]
    if member.type_name == "structure":
        text = _xml(member, value, member.serialization.get("name", member.name))
    else:
        text = value if isinstance(value, str) else json.dumps(value)
    return operation.http["method"], path, headers, text


def _located(operation: Any, parameters: Any) -> tuple[str, dict[str, str], dict[str, Any]]:
    """Return the path with the query, the headers, and the parameters of the body."""
    path, _mark, literal = operation.http["requestUri"].partition("?")
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    body = dict(parameters)
    for name, member in operation.input_shape.members.items():
        location = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if not location or name not in body:
            continue
        value = body.pop(name)
        text = value if isinstance(value, str) else json.dumps(value)
        if location == "uri":
            shown = quote(text.encode("utf-8", "replace"), safe="") or "none"
            path = path.replace(f"{{{wire}}}", shown).replace(f"{{{wire}+}}", shown)
        elif location == "querystring":
            query[wire] = text
        elif location == "header" and _is_sent(wire, text):
            headers[wire] = text
    path = re.sub(r"\{\w+\+?\}", "none", path)
    parts = [part for part in (literal, urlencode(query, errors="replace")) if part]
    return f"{path}?{'&'.join(parts)}" if parts else path, headers, body


def _is_sent(header: str, text: str) -> bool:
    """Return whether HTTP can send a header; the connection has a length of its own."""
    return text.isascii() and text.isprintable() and header.lower() != "content-length"


def _xml(shape: Any, value: Any, name: str) -> str:
    if isinstance(value, Mapping):
        members = getattr(shape, "members", {})
        inner = "".join(_member(members.get(key), key, each) for key, each in value.items())
    elif isinstance(value, list):
        inner = "".join(
            _xml(shape.member, each, shape.member.serialization.get("name", "member"))
            if shape.type_name == "list"
            else str(each)
            for each in value
        )
    else:
        inner = escape(_text(value))
    return f"<{name}>{inner}</{name}>"


def _member(shape: Any, name: str, value: Any) -> str:
    if shape is None or value is None:
        return "" if value is None else _xml(shape, value, name)
    wire = shape.serialization.get("name", name)
    if shape.type_name == "list" and shape.serialization.get("flattened"):
        wire = shape.member.serialization.get("name", wire)
        given = value if isinstance(value, list) else [value]
        return "".join(_xml(shape.member, each, wire) for each in given)
    return _xml(shape, value, wire)


def _query(value: Any, prefix: str) -> dict[str, str]:
    """Return the fields of a query request."""
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        for name, each in value.items():
            found |= _query(each, f"{prefix}.{name}" if prefix else str(name))
        return found
    if isinstance(value, list):
        for number, each in enumerate(value, 1):
            found |= _query(each, f"{prefix}.member.{number}")
        return found
    return {} if value is None else {prefix: _text(value)}


def _ec2(shape: Any, value: Any, prefix: str) -> dict[str, str]:
    """Return the fields of a request to EC2, which spells members its own way."""
    found: dict[str, str] = {}
    if isinstance(value, Mapping):
        members = getattr(shape, "members", {})
        for name, each in value.items():
            member = members.get(name)
            wire = member.serialization.get("name", name) if member else name
            wire = (member.serialization.get("queryName") if member else "") or (
                wire[:1].upper() + wire[1:]
            )
            found |= _ec2(member, each, f"{prefix}.{wire}" if prefix else wire)
        return found
    if isinstance(value, list):
        for number, each in enumerate(value, 1):
            found |= _ec2(getattr(shape, "member", None), each, f"{prefix}.{number}")
        return found
    return {} if value is None else {prefix: _text(value)}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
