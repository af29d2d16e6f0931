"""Hide secrets in values that somebody has written into a deployed resource.

A template of this repository contains references to secrets only. What is changed by hand may have
any name and form. So more is hidden here than in the changes of templates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from catalog_platform.plan.values import REDACTED

NAME = re.compile(
    r"pass(word|wd|phrase)|secret|token|private_?key|api_?key|access_?key|credential|authorization",
    re.IGNORECASE,
)
# Of such a name, the part that refers to a secret instead of containing it.
REFERENCE = re.compile(r"(arn|id|name)$", re.IGNORECASE)
# An access key of AWS, a key in PEM format, a JSON web token, credentials in a URL.
TEXT = re.compile(
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN |\beyJ[\w-]{8,}\.[\w-]{8,}\.|://[^/\s:@]*:[^/\s@]+@"
)


def readable(path: str, value: Any) -> tuple[Any, bool]:
    """Return a value of a property without its secrets, and whether there are any."""
    if isinstance(value, Mapping) and not _refers(value):
        parts = {str(key): readable(f"{path}.{key}", each) for key, each in value.items()}
        if _is_named_secret(value):
            parts["Value"] = parts["value"] = (REDACTED, True)
            parts = {key: part for key, part in parts.items() if key in value}
        return {key: part[0] for key, part in parts.items()}, any(
            each[1] for each in parts.values()
        )
    if isinstance(value, list):
        found = [readable(path, each) for each in value]
        return [each[0] for each in found], any(each[1] for each in found)
    if isinstance(value, str) and value and _is_secret(path, value):
        return REDACTED, True
    return value, False


def _is_secret(path: str, value: str) -> bool:
    """Return whether a text is a secret; an ARN or a dynamic reference names one only."""
    if TEXT.search(value):
        return True
    if "{{resolve:" in value or value.startswith("arn:"):
        return False
    name = path.rpartition(".")[2]
    return bool(NAME.search(name)) and not REFERENCE.search(name)


def _is_named_secret(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping is the name and value of a secret, such as a tag or a header."""
    name = value.get("Key", value.get("Name", value.get("name", "")))
    return isinstance(name, str) and bool(NAME.search(name)) and not REFERENCE.search(name)


def _refers(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref"))
