"""Property values as people read them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

# Names of properties whose literal value is a secret. References to a secret are not.
SECRET = re.compile(r"(Password|AuthToken|SecretString|PrivateKey)$")
REDACTED = "(redacted)"
# Documents and hashes that say nothing to a reader of a table.
FOLDED = re.compile(r"(^|\.)(\w*PolicyDocument|KeyPolicy|DashboardBody|Code|SchemaDigest)(\.|\[|$)")


def is_secret(path: str, value: Any) -> bool:
    """Return whether a value must not be shown: the literal text of a secret property."""
    name = re.split(r"[.\[]", path)[-1].rstrip("]")
    return bool(SECRET.search(name)) and isinstance(value, str) and "{{resolve:" not in value


def is_folded(path: str) -> bool:
    """Return whether reports fold the value of a property."""
    return bool(FOLDED.search(path))


def text(value: Any) -> str:
    """Return a value on one line; intrinsic functions in the notation of `Fn::Sub`."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        resolved = _intrinsic(value)
        if resolved is not None:
            return resolved
    return json.dumps(_readable(value), sort_keys=True, ensure_ascii=False)


def indented(value: Any) -> str:
    """Return a document on several lines; a text that is JSON as such a document."""
    if isinstance(value, str):
        try:
            document = json.loads(value)
        except (ValueError, RecursionError):
            return value
    else:
        document = value
    return json.dumps(_readable(document), indent=2, sort_keys=True, ensure_ascii=False)


def _readable(value: Any) -> Any:
    if isinstance(value, Mapping):
        resolved = _intrinsic(value)
        return (
            {key: _readable(each) for key, each in value.items()} if resolved is None else resolved
        )
    return [_readable(each) for each in value] if isinstance(value, list) else value


def _intrinsic(value: Mapping[str, Any]) -> str | None:
    """Return `${Name}` for a reference, the text of a join; None for any other mapping."""
    if len(value) != 1:
        return None
    ((name, argument),) = value.items()
    if name == "Ref" and isinstance(argument, str):
        return f"${{{argument}}}"
    if name == "Fn::GetAtt":
        return f"${{{argument if isinstance(argument, str) else '.'.join(map(str, argument))}}}"
    if name == "Fn::Sub" and isinstance(argument, str):
        return argument
    if name == "Fn::Join" and _is_join(argument):
        return str(argument[0]).join(text(each) for each in argument[1])
    return None


def _is_join(argument: Any) -> bool:
    return isinstance(argument, list) and len(argument) == 2 and isinstance(argument[1], list)
