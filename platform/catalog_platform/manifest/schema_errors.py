"""Messages for schema errors, one function per JSON Schema keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.findings import Location, suggestion
from catalog_platform.manifest import switches
from catalog_platform.manifest.node import Path, dotted

MAXIMUM_SHOWN = 60
TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a section",
    "null": "null",
}


@dataclass(frozen=True, slots=True)
class Message:
    """The text of a finding. `is_missing`: no file sets a value for the key."""

    rule: str
    text: str
    hint: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A keyword of the schema that a value violates; `limit` is the keyword's value."""

    keyword: str
    limit: Any
    value: Any
    schema: Mapping[str, Any]


def unknown(section: Path, key: str, known: Iterable[str], schema: Mapping[str, Any]) -> Message:
    """Return the message for an unknown key, with a suggestion or the valid keys."""
    valid = sorted(known)
    what = "section" if not section else "key"
    sections = [
        name.lower()
        for name, inner in schema["$defs"].items()
        if key in inner.get("properties", {})
    ]
    near = suggestion(key, valid)
    if not near and sections and section:
        near = f"'{key}' is a key of {', '.join(sorted(sections))}."
    if " " in key and not near:
        near = "put a text that contains a comma in quotes."
    listed = f"Valid {what}s: {', '.join(valid)}"
    return Message("unknown-key", f"unknown {what} '{key}'", f"{near} {listed}".strip())


def missing(key: str) -> Message:
    """Return the message for a key that no file sets."""
    return Message("missing-key", f"'{key}' is not set", is_missing=True)


def unset(path: Path, environment_file: str, defaults: Location) -> Message:
    """Return the message for a key that the defaults leave null and the environment must set."""
    return Message(
        "missing-key",
        f"is not set; {defaults} requires each environment to set it",
        f"set {dotted(path)} in {environment_file}",
    )


def null() -> Message:
    """Return the message for a key that the environment sets to null, but that needs a value."""
    return Message("wrong-type", "cannot be null", "set a value")


def absent(key: str) -> Message:
    """Return the message for a missing key of a list element."""
    return Message("missing-key", "is missing", f"add `{key}: …`")


def explain(violation: SchemaViolation, *, nullable: bool = False) -> Message:
    """Return the message for any other violation; hints come from the key's schema."""
    if violation.value is None and not nullable:
        return Message("missing-key", "is null", is_missing=True)
    describe = KEYWORDS[violation.keyword]
    rule, text, hint = describe(violation)
    return Message(rule, text + (" or null" if nullable else ""), hint)


Described = tuple[str, str, str]


def _type(found: SchemaViolation) -> Described:
    expected = TYPES[found.limit]
    hint = _about(found.schema)
    if expected == "text":
        hint = "put it in quotes"
    elif isinstance(found.value, str) and found.value.lower() in ("yes", "no", "on", "off"):
        hint = "write true or false"
    elif expected == "a section":
        hint = f"write its keys: {', '.join(found.schema.get('properties', ()))}"
    elif isinstance(found.value, str):
        hint = f"write {expected} without quotes"
    return "wrong-type", f"{format_value(found.value)} is not {expected}", hint


def _enum(found: SchemaViolation) -> Described:
    valid = sorted(found.limit, key=lambda value: (isinstance(value, str), value))
    words = ", ".join(str(value) for value in valid)
    near = suggestion(str(found.value), [value for value in valid if isinstance(value, str)])
    return (
        "not-a-choice",
        f"{format_value(found.value)} is not one of: {words}",
        switches.advice(found.value, found.schema)
        or near
        or _about(found.schema)
        or "write one of these values",
    )


def _range(found: SchemaViolation) -> Described:
    low, high = found.schema.get("minimum"), found.schema.get("maximum")
    side = "below" if found.keyword == "minimum" else "above"
    return (
        "out-of-range",
        f"{format_value(found.value)} is {side} the allowed range of {low} to {high}",
        _about(found.schema),
    )


def _pattern(found: SchemaViolation) -> Described:
    examples = found.schema.get("examples", [])
    example = f"write it like {examples[0]}" if examples else f"it must match {found.limit}"
    about = _about(found.schema)
    return (
        "wrong-form",
        f"{format_value(found.value)} does not have the required form",
        (f"{example}; {about}" if about else example),
    )


def _length(found: SchemaViolation) -> Described:
    units = {list: "elements", dict: "entries", str: "characters"}
    unit = next(unit for of, unit in units.items() if isinstance(found.value, of))
    side = "at least" if found.keyword.startswith("min") else "at most"
    return (
        "wrong-length",
        f"must have {side} {found.limit} {unit}, but has {len(found.value)}",
        _about(found.schema),
    )


KEYWORDS: Mapping[str, Callable[[SchemaViolation], Described]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _range,
    "maximum": _range,
    "pattern": _pattern,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _length,
    "maxItems": _length,
    "maxProperties": _length,
}


def format_value(value: Any) -> str:
    """Return a value for a message, on one line and cut if long."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case dict():
            return "a section"
        case list():
            return "a list"
    text = f"'{value}'" if isinstance(value, str) else str(value)
    return text if len(text) <= MAXIMUM_SHOWN else f"{text[:MAXIMUM_SHOWN]}…"


def _about(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", ""))
