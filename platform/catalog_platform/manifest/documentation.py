"""Documentation of manifest keys, generated from the model: description, type and bounds."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog_platform.manifest.node import MappingNode, Path, dotted, find, flow, parse_path
from catalog_platform.manifest.schema import dereferenced, manifest_schema, schema_at

NAMES = {"integer": "whole number", "string": "text", "boolean": "true or false", "null": "null"}


@dataclass(frozen=True, slots=True)
class Documentation:
    """The documentation of a key. Texts are empty if the model has none."""

    description: str
    accepts: str
    example: str


def documentation_of(path: Path) -> Documentation | None:
    """Return the documentation of a key or section, or None for an unknown one."""
    schema = schema_at(path)
    if schema is None:
        return None
    examples = schema.get("examples", [])
    return Documentation(
        description=schema.get("description", ""),
        accepts=accepts(schema),
        example=_text(examples[0]) if examples else "",
    )


@functools.cache
def keys() -> tuple[str, ...]:
    """Return the dotted path of every key of a manifest, including sections."""
    return tuple(_keys((), dereferenced(manifest_schema())))


def _keys(path: Path, schema: dict[str, Any]) -> Iterator[str]:
    for key, inner in schema.get("properties", {}).items():
        yield dotted((*path, key))
        yield from _keys((*path, key), dereferenced(inner))


@functools.cache
def leaves() -> tuple[str, ...]:
    """Return the dotted paths of keys that hold a value, without sections."""
    return tuple(key for key in keys() if "properties" not in (schema_at(parse_path(key)) or {}))


def written_values(layer: MappingNode) -> dict[str, str]:
    """Return the values that a file sets, as written, by dotted path."""
    shown = {}
    for key in keys():
        node = find(layer, parse_path(key))
        if node is not None and not isinstance(node, MappingNode):
            shown[key] = flow(node)
    return shown


def accepts(schema: dict[str, Any]) -> str:
    """Return the allowed values of a key in words: `whole number, 1 to 200, or null`."""
    schema = dereferenced(schema)
    if "anyOf" in schema:
        return ", or ".join(accepts(choice) for choice in schema["anyOf"])
    if "enum" in schema:
        return "one of: " + ", ".join(_text(value) for value in _sorted(schema["enum"]))
    if schema["type"] == "array":
        return f"list{_bounds(schema, 'minItems', 'maxItems')}; each element: " + accepts(
            schema["items"]
        )
    if schema["type"] == "object" and "properties" not in schema:
        return "section; the value of each key: " + accepts(schema["additionalProperties"])
    if schema["type"] == "object":
        return "section with the keys: " + ", ".join(schema["properties"])
    words = NAMES[schema["type"]] + _bounds(schema, "minimum", "maximum")
    words += _bounds(schema, "minLength", "maxLength", " characters")
    return words + (f", matching {schema['pattern']}" if "pattern" in schema else "")


def _bounds(schema: dict[str, Any], low: str, high: str, unit: str = "") -> str:
    if low in schema and high in schema:
        return f", {schema[low]} to {schema[high]}{unit}"
    return f", at most {schema[high]}{unit}" if high in schema else ""


def _sorted(values: list[Any]) -> list[Any]:
    return sorted(values, key=lambda value: (isinstance(value, str), value))


def _text(value: Any) -> str:
    return "[" + ", ".join(value) + "]" if isinstance(value, list) else str(value)
