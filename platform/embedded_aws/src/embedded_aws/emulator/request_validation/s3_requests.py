"""Read requests to S3: parameters are in the path, the query, headers and an XML body.

The contents of objects are not read.
https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from embedded_aws.emulator.request_validation import s3_routes
from embedded_aws.emulator.request_validation.decoding import Call, Request, scalar
from embedded_aws.emulator.request_validation.errors import MalformedError

COMPOUND = ("list", "map", "structure")


def decode(model: Any, request: Request) -> Call | None:
    """Return the call, or None for an operation that S3 does not have.

    Raises `MalformedError` for a body that is not XML, or a value of the wrong type.
    """
    bucket, _slash, key = request.path.lstrip("/").partition("/")
    labels = {name: text for name, text in (("Bucket", bucket), ("Key", key)) if text}
    operation = s3_routes.operation(
        model, request.method, len(labels), request.query, request.headers
    )
    if operation is None:
        return None
    found = model.operation_model(operation)
    shape = found.input_shape
    if shape is None:
        return Call(found, {})
    parameters: dict[str, Any] = dict(labels)
    for name, member in shape.members.items():
        text = _text(member, request)
        if text is not None:
            parameters[name] = scalar(member, text)
        elif member.type_name == "list" and _header(member) in request.headers:
            texts = request.headers[_header(member)].split(",")
            parameters[name] = [scalar(member.member, each.strip()) for each in texts]
    payload = shape.serialization.get("payload")
    if payload:
        parameters |= _payload(payload, shape.members[payload], request.body)
    return Call(found, parameters)


def _text(member: Any, request: Request) -> str | None:
    """Return the value of a member in the query or a header, if it is there."""
    location, wire = member.serialization.get("location"), member.serialization.get("name", "")
    # S3 ignores conditions such as If-Modified-Since that it can't read.
    if location == "header" and member.type_name not in (*COMPOUND, "timestamp"):
        return request.headers.get(wire.lower())
    if location == "querystring" and member.type_name not in COMPOUND:
        value = request.query.get(wire)
        return value[0] if isinstance(value, list) and value else value or None
    return None


def _header(member: Any) -> str:
    """Return the header of a member, empty for another place."""
    serialization = member.serialization
    return serialization["name"].lower() if serialization.get("location") == "header" else ""


def _payload(name: str, shape: Any, body: bytes) -> dict[str, Any]:
    if shape.type_name == "structure":
        return {name: _xml(shape, body)} if body else {}
    if shape.type_name == "string":
        return {name: body.decode("utf-8", "replace")}
    return {}


def _xml(shape: Any, body: bytes) -> Any:
    try:
        # The emulator serves its owner only, who gains nothing from a malicious document.
        root = ElementTree.fromstring(body)  # noqa: S314
    except ElementTree.ParseError as error:
        raise MalformedError(f"The XML you provided was not well-formed: {error}") from error
    wire = shape.serialization.get("name", shape.name)
    if _tag(root) != wire:
        raise MalformedError(f"The XML you provided has the root {_tag(root)} instead of {wire}")
    return _value(shape, [root])


def _value(shape: Any, elements: list[ElementTree.Element]) -> Any:
    """Return the value of elements with the same name; only lists have several."""
    is_flattened = bool(shape.serialization.get("flattened"))
    if len(elements) > 1 and not is_flattened:
        raise MalformedError(f"The XML you provided has several elements {_tag(elements[0])}")
    if shape.type_name == "list":
        items = elements if is_flattened else list(elements[0])
        return [_value(shape.member, [item]) for item in items]
    if shape.type_name == "structure":
        return _members(shape, elements[0])
    return scalar(shape, (elements[0].text or "").strip())


def _members(shape: Any, element: ElementTree.Element) -> dict[str, Any]:
    children: dict[str, list[ElementTree.Element]] = {}
    for child in element:
        children.setdefault(_tag(child), []).append(child)
    found = {}
    for name, member in shape.members.items():
        if member.serialization.get("xmlAttribute"):
            attributes = {_local(key): text for key, text in element.attrib.items()}
            if _wire(name, member).rpartition(":")[2] in attributes:
                found[name] = attributes[_wire(name, member).rpartition(":")[2]]
            continue
        given = children.pop(_wire(name, member), None)
        if given:
            found[name] = _value(member, given)
    if children:
        unknown = ", ".join(sorted(children))
        raise MalformedError(
            f"The XML you provided has unknown elements in {_tag(element)}: {unknown}"
        )
    return found


def _wire(name: str, member: Any) -> str:
    if member.type_name == "list" and member.serialization.get("flattened"):
        return str(member.member.serialization.get("name", member.serialization.get("name", name)))
    return str(member.serialization.get("name", name))


def _tag(element: ElementTree.Element) -> str:
    return _local(element.tag)


def _local(name: str) -> str:
    """Return a name of XML without its namespace."""
    return name.rpartition("}")[2]
