"""Read requests to S3: its operations depend on the method, the path and a subresource.

Only operations that the patches of this package touch are read; object contents are not.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from embedded_aws.emulator.request_validation.decoding import Call, Request, scalar
from embedded_aws.emulator.request_validation.errors import MalformedError

# By method, whether the path names an object, and subresource.
OPERATIONS = {
    ("GET", False, ""): "ListObjects",
    ("GET", False, "list-type"): "ListObjectsV2",
    ("GET", False, "versions"): "ListObjectVersions",
    ("PUT", True, ""): "PutObject",
    ("PUT", False, "encryption"): "PutBucketEncryption",
    ("PUT", False, "lifecycle"): "PutBucketLifecycleConfiguration",
    ("PUT", False, "logging"): "PutBucketLogging",
    ("PUT", False, "object-lock"): "PutObjectLockConfiguration",
    ("PUT", False, "ownershipControls"): "PutBucketOwnershipControls",
    ("PUT", False, "tagging"): "PutBucketTagging",
    ("PUT", False, "versioning"): "PutBucketVersioning",
    ("PUT", True, "legal-hold"): "PutObjectLegalHold",
    ("PUT", True, "retention"): "PutObjectRetention",
}
SUBRESOURCES = frozenset(name for _method, _is_object, name in OPERATIONS if name)
# Parameters that change nothing about which operation is meant.
NEUTRAL = frozenset(
    (
        *("max-keys", "prefix", "delimiter", "marker", "encoding-type", "start-after", "x-id"),
        *("continuation-token", "fetch-owner", "key-marker", "version-id-marker", "versionId"),
    )
)
COPY_SOURCE = "x-amz-copy-source"


def decode(model: Any, request: Request) -> Call | None:
    """Return the call, or None for an operation that is not read.

    Raises `MalformedError` for a body that is not XML, or a value of the wrong type.
    """
    bucket, _slash, key = request.path.lstrip("/").partition("/")
    named = [name for name in request.query if not _is_neutral(name)]
    if not bucket or COPY_SOURCE in request.headers or len(named) > 1:
        return None
    operation = OPERATIONS.get((request.method, bool(key), "".join(named)))
    if operation is None:
        return None
    found = model.operation_model(operation)
    shape = found.input_shape
    parameters: dict[str, Any] = {"Bucket": bucket, **({"Key": key} if key else {})}
    for name, member in shape.members.items():
        text = _text(member, request)
        if text is not None:
            parameters[name] = scalar(member, text)
    payload = shape.serialization.get("payload")
    if payload and shape.members[payload].type_name == "structure":
        parameters[payload] = _body(shape.members[payload], request.body)
    return Call(found, parameters)


def _is_neutral(name: str) -> bool:
    return name in NEUTRAL or name.lower().startswith("x-amz-")


def _text(member: Any, request: Request) -> str | None:
    """Return the value of a member in the query or a header, if it is there."""
    location, wire = member.serialization.get("location"), member.serialization.get("name", "")
    if location == "header" and member.type_name not in ("list", "map", "structure"):
        return request.headers.get(wire.lower())
    if location == "querystring" and member.type_name not in ("list", "map", "structure"):
        value = request.query.get(wire)
        return value[0] if isinstance(value, list) and value else value or None
    return None


def _body(shape: Any, body: bytes) -> Any:
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
    if shape.type_name == "structure":
        return {
            name: _value(member, found)
            for name, member in shape.members.items()
            if (found := _children(elements[0], member, name))
        }
    if shape.type_name == "list":
        if not shape.serialization.get("flattened"):
            elements = list(elements[0])
        return [_value(shape.member, [element]) for element in elements]
    return scalar(shape, (elements[0].text or "").strip())


def _children(parent: ElementTree.Element, member: Any, name: str) -> list[ElementTree.Element]:
    wire = member.serialization.get("name", name)
    if member.type_name == "list" and member.serialization.get("flattened"):
        wire = member.member.serialization.get("name", wire)
    return [child for child in parent if _tag(child) == wire]


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
