"""Messages for schema errors, one function per JSON Schema keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog_platform.findings import Location, suggestion
from catalog_platform.manifest import switches
from catalog_platform.manifest.documentation import accepts
from catalog_platform.manifest.node import Path, dotted
from catalog_platform.manifest.schema import schema_at

MAXIMUM_SHOWN = 60
LARGE = 10**9
TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "true or false",
    "array": "a list",
    "object": "a section",
    "null": "null",
}


NUMBER = "write only digits, without quotes, unit, separator or leading zero"


@dataclass(frozen=True, slots=True)
class Message:
    """The text of a finding.

    `is_missing`: no file sets a value for the key; `accepts` describes those that it can have.
    """

    rule: str
    text: str
    hint: str = ""
    is_missing: bool = False
    accepts: str = ""


@dataclass(frozen=True, slots=True)
class SchemaViolation:
    """A keyword of the schema that a value violates; `limit` is the keyword's value."""

    keyword: str
    limit: Any
    value: Any
    schema: Mapping[str, Any]


def unknown(section: Path, key: str, known: Iterable[str], sections: Sequence[str]) -> Message:
    """Return the message for an unknown key: the likely fix, and the valid keys.

    `sections` are those that have a key of this name.
    """
    valid = sorted(known)
    what = "key" if section else "section"
    listed = f"Valid {what}s: {', '.join(valid)}"
    near = _meant(section, key, valid, sections)
    return Message("unknown-key", f"unknown {what} '{key}'", f"{near} {listed}".strip())


def _meant(section: Path, key: str, valid: Sequence[str], sections: Sequence[str]) -> str:
    outer, _, inner = key.partition(".")
    if key != key.strip():
        return "indent with spaces: the key starts or ends with another kind of space."
    if not section and inner and outer in valid:
        return f"write `{inner}:` in a line below `{outer}:`."
    if key.isdigit():
        return "write a number without commas."
    if near := suggestion(key, valid):
        return near
    if section and schema_at((key,)):
        return f"'{key}' is a section: write it at the start of its line."
    if sections:
        return f"'{key}' is a key of {', '.join(sections)}."
    return "put a text that contains a comma in quotes." if " " in key else ""


def missing(key: str, valid: str) -> Message:
    """Return the message for a key that no file sets."""
    return Message("missing-key", f"'{key}' is not set", is_missing=True, accepts=valid)


def unset(path: Path, environment_file: str, defaults: Location, valid: str) -> Message:
    """Return the message for a key that the defaults leave null and the environment must set."""
    return Message(
        "missing-key",
        f"is not set; {defaults} requires each environment to set it",
        f"set {dotted(path)} in {environment_file}; it accepts: {valid}",
    )


def null(valid: str) -> Message:
    """Return the message for a key that the environment sets to null, but that needs a value."""
    return Message("wrong-type", "cannot be null", f"set a value; it accepts: {valid}")


def absent(key: str, valid: str) -> Message:
    """Return the message for a missing key of a list element."""
    return Message("missing-key", "is missing", f"add `{key}: …`; it accepts: {valid}")


def explain(violation: SchemaViolation, *, nullable: bool = False) -> Message:
    """Return the message for any other violation; hints come from the key's schema."""
    if violation.value is None and not nullable:
        return missing("", accepts(dict(violation.schema)))
    describe = KEYWORDS[violation.keyword]
    rule, text, hint = describe(violation)
    return Message(rule, text + (" or null" if nullable else ""), hint)


Described = tuple[str, str, str]


def _type(found: SchemaViolation) -> Described:
    expected = TYPES[found.limit]
    fix = ""
    if expected == "text" and not isinstance(found.value, (dict, list)):
        fix = "put it in quotes"
    elif expected == "a whole number" and _is_whole(found.value):
        fix = f"write {int(found.value)}"
    elif isinstance(found.value, str) and expected == "a list":
        fix = f"write a list: [{found.value}]" if len(found.value) < MAXIMUM_SHOWN else ""
    elif isinstance(found.value, str) and expected == "a whole number":
        fix = NUMBER
    elif isinstance(found.value, str) and expected == "true or false":
        fix = "write true or false, without quotes"
    valid = f"it accepts: {accepts(dict(found.schema))}"
    return (
        "wrong-type",
        f"{format_value(found.value)} is not {expected}",
        f"{fix}; {valid}" if fix else valid,
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) < LARGE


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
