"""The JSON Schema of a manifest, generated from the model; `schema_check` validates against it."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any

import msgspec

from catalog_platform import model
from catalog_platform.manifest.node import (
    MappingEntry,
    MappingNode,
    Node,
    Path,
    ScalarNode,
    SequenceNode,
)

Schema = dict[str, Any]


@functools.cache
def manifest_schema() -> Schema:
    """Return the JSON Schema (2020-12) of a complete manifest."""
    return schema_of(model.Manifest)


@functools.cache
def schema_of(of: type) -> Schema:
    """Return the JSON Schema (2020-12) of a type of the model."""
    return msgspec.json.schema(of)


@functools.cache
def _definitions() -> Schema:
    return {**manifest_schema()["$defs"], **schema_of(model.Directives)["$defs"]}


def dereferenced(schema: Schema) -> Schema:
    """Return the schema that a `$ref` refers to, or the schema itself if it has none.

    Keywords next to the reference, such as `description`, override those of its target.
    """
    if "$ref" not in schema:
        return schema
    found: Schema = _definitions()[schema["$ref"].rpartition("/")[2]]
    return found | {key: value for key, value in schema.items() if key != "$ref"}


@functools.lru_cache(maxsize=2048)
def schema_at(path: Path) -> Schema | None:
    """Return the schema of a key or list element, or None for an unknown path."""
    schema = dereferenced(manifest_schema())
    for step in path:
        inner = (
            schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        )
        if inner is None:
            return None
        schema = dereferenced(inner)
    return schema


def numbers_to_text(node: Node, path: Path = ()) -> Node:
    """Return the tree with unquoted numbers as text where the schema requires text.

    Otherwise `engine_version: 17.10` would mean 17.1.
    """
    match node:
        case MappingNode(entries):
            inner = {
                key: MappingEntry(entry.location, numbers_to_text(entry.node, (*path, key)))
                for key, entry in entries.items()
            }
            return replace(node, entries=inner)
        case SequenceNode(items):
            return replace(node, items=tuple(numbers_to_text(item, (*path, 0)) for item in items))
        case ScalarNode(value=bool()):
            return node
        case ScalarNode(value=int() | float()) if _is_text(schema_at(path) or {}):
            return replace(node, value=node.text)
    return node


def _is_text(schema: Schema) -> bool:
    return any(choice.get("type") == "string" for choice in schema.get("anyOf", [schema]))
