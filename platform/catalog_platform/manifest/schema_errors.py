"""What a schema error means to the person who wrote the line: one function per keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.findings import Location, suggestion
from catalog_platform.manifest.node import Path, dotted

LONGEST_SHOWN = 60
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
    """What is wrong in words. `is_missing`: the key has no value in any layer."""

    rule: str
    text: str
    hint: str = ""
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Violation:
    """A keyword of the schema that does not hold: `limit` is what the keyword says."""

    keyword: str
    limit: Any
    value: Any
    schema: Mapping[str, Any]


def unknown(section: Path, key: str, known: Iterable[str], schema: Mapping[str, Any]) -> Message:
    """A key that the model does not have: the nearest one that it has, or the section it is in."""
    valid = sorted(known)
    what = "section" if not section else "key"
    homes = [
        name.lower()
        for name, inner in schema["$defs"].items()
        if key in inner.get("properties", {})
    ]
    near = suggestion(key, valid)
    if not near and homes and section:
        near = f"it is a key of {', '.join(sorted(homes))}."
    if " " in key and not near:
        near = "a text with a comma needs quotes inside brackets."
    listed = f"{what}s are: {', '.join(valid)}".capitalize()
    return Message("unknown-key", f"unknown {what} '{key}'", f"{near} {listed}".strip())


def missing(key: str) -> Message:
    """A key that no layer mentions."""
    return Message("missing-key", f"'{key}' is not set", is_missing=True)


def unset(path: Path, environment_file: str, defaults: Location) -> Message:
    """A key that the defaults leave to the environment, and the environment leaves out."""
    return Message(
        "missing-key",
        f"is not set; {defaults} leaves it to each environment",
        f"set {dotted(path)} in {environment_file}",
    )


def null() -> Message:
    """A key that the environment itself sets to null, where a value is needed."""
    return Message("wrong-type", "cannot be null", "give it a value")


def absent(key: str) -> Message:
    """A key that an element of the environment's own list does not have."""
    return Message("missing-key", "is missing", f"add `{key}: …`")


def explain(violation: Violation, *, nullable: bool = False) -> Message:
    """Any other violation, told from the description and examples of the key's schema."""
    if violation.value is None and not nullable:
        return Message("missing-key", "is null", is_missing=True)
    describe = KEYWORDS[violation.keyword]
    rule, text, hint = describe(violation)
    return Message(rule, text + (" or null" if nullable else ""), hint)


Described = tuple[str, str, str]


def _type(found: Violation) -> Described:
    wanted = TYPES[found.limit]
    hint = _about(found.schema)
    if wanted == "text":
        hint = "put it in quotes"
    elif isinstance(found.value, str) and found.value.lower() in ("yes", "no", "on", "off"):
        hint = "write true or false"
    elif wanted == "a section":
        hint = f"write its keys: {', '.join(found.schema.get('properties', ()))}"
    elif isinstance(found.value, str):
        hint = f"write {wanted} without quotes"
    return "wrong-type", f"{shown(found.value)} is not {wanted}", hint


def _enum(found: Violation) -> Described:
    valid = sorted(found.limit, key=lambda value: (isinstance(value, str), value))
    words = ", ".join(str(value) for value in valid)
    near = suggestion(str(found.value), [value for value in valid if isinstance(value, str)])
    return (
        "not-a-choice",
        f"{shown(found.value)} is not one of: {words}",
        near or _about(found.schema),
    )


def _range(found: Violation) -> Described:
    low, high = found.schema.get("minimum"), found.schema.get("maximum")
    side = "below" if found.keyword == "minimum" else "above"
    return (
        "out-of-range",
        f"{shown(found.value)} is {side} the allowed range, {low} to {high}",
        _about(found.schema),
    )


def _pattern(found: Violation) -> Described:
    examples = found.schema.get("examples", [])
    example = f"write it like {examples[0]}" if examples else f"it must match {found.limit}"
    about = _about(found.schema)
    return (
        "wrong-form",
        f"{shown(found.value)} does not have the right form",
        (f"{example}; {about}" if about else example),
    )


def _length(found: Violation) -> Described:
    unit = "element(s)" if isinstance(found.value, list) else "character(s)"
    side = "fewer" if found.keyword.startswith("min") else "more"
    limit = found.limit
    return (
        "wrong-length",
        f"has {len(found.value)} {unit}, {side} than the {limit} that are allowed",
        _about(found.schema),
    )


KEYWORDS: Mapping[str, Callable[[Violation], Described]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _range,
    "maximum": _range,
    "pattern": _pattern,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _length,
    "maxItems": _length,
}


def shown(value: Any) -> str:
    """A value as its author would recognise it, cut to one line."""
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
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def _about(schema: Mapping[str, Any]) -> str:
    return str(schema.get("description", ""))
