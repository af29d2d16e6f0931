"""The JSON Schema for editors: of what people write, where the manifest schema is of the outcome.

Every key is optional, since a file says only what is special; every value may be null or a Jinja
expression, and an unquoted number may stand for text. Descriptions carry what a person wants to
know while typing: what is accepted, and what the defaults say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from catalog_platform import model
from catalog_platform.manifest.documentation import accepts, keys
from catalog_platform.manifest.node import Path, dotted, parse_path
from catalog_platform.manifest.schema import (
    Schema,
    dereferenced,
    manifest_schema,
    schema_at,
    schema_of,
)

EXPRESSION = {
    "type": "string",
    "pattern": r"\{\{",
    "description": 'An expression: "{{ … }}". docs/expressions.md lists what can be called.',
}
# Words of the YAML language server, for the parts that JSON Schema has none for:
# https://github.com/redhat-developer/yaml-language-server#features
HOVER = "markdownDescription"


def editor_schema(defaults: Mapping[str, str] | None = None) -> Schema:
    """JSON Schema (2020-12) of a manifest as it is written; `defaults` are told with their keys."""
    whole = dereferenced(manifest_schema())
    sections = {
        key: _section((key,), dereferenced(inner), defaults or {})
        for key, inner in whole["properties"].items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Environment manifest",
        "description": whole["description"],
        "type": "object",
        "properties": {**sections, **_directives()},
        "additionalProperties": False,
    }


def to_json(schema: Schema) -> str:
    """A schema as the text that is committed."""
    return (
        msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"
    )


def _section(path: Path, schema: Schema, defaults: Mapping[str, str]) -> Schema:
    return {
        "description": schema.get("description", ""),
        HOVER: f"{schema.get('description', '')}\n\n[Reference](docs/environments.md#{path[0]})",
        "type": "object",
        "properties": {
            key: _key((*path, key), inner, defaults) for key, inner in schema["properties"].items()
        },
        "additionalProperties": False,
    }


def _key(path: Path, schema: Schema, defaults: Mapping[str, str]) -> Schema:
    schema = dereferenced(schema)
    told = {key: value for key, value in schema.items() if key in ("description", "examples")}
    if dotted(path) in defaults:
        told[HOVER] = (
            f"{schema.get('description', '')}\n\nAccepts: {accepts(schema)}\n\n"
            f"Default: `{defaults[dotted(path)]}`"
        )
    bare: dict[str, Any] = {key: value for key, value in schema.items() if key not in told}
    if "properties" in schema:
        return {
            **told,
            "type": "object",
            "properties": {
                key: _key((*path, key), inner, defaults)
                for key, inner in schema["properties"].items()
            },
            "additionalProperties": False,
        }
    if schema.get("type") == "array":
        return {**told, **bare, "items": _element(schema["items"])}
    choices = bare.pop("anyOf", [bare])
    choices = [choice for choice in choices if choice != {"type": "null"}]
    if any(choice.get("type") == "string" for choice in choices):
        choices = [*choices, {"type": "number"}]
    return {**told, "anyOf": [*choices, EXPRESSION, {"type": "null"}]}


def _element(schema: Schema) -> Schema:
    inner = dereferenced(schema)
    if "properties" not in inner:
        return _key((), inner, {})
    each = {key: _key((), value, {}) for key, value in inner["properties"].items()}
    return {**inner, "properties": each}


def _directives() -> Schema:
    schema = schema_of(model.Directives)
    properties = dict(schema["$defs"]["Directives"]["properties"])
    divergence = dict(schema["$defs"]["Divergence"])
    divergence["properties"] = {
        **divergence["properties"],
        "key": {**divergence["properties"]["key"], "enum": list(keys())},
    }
    for name, text in properties.items():
        properties[name] = {key: value for key, value in text.items() if key != "default"}
    properties["divergences"] = {**properties["divergences"], "items": divergence}
    properties["merge"] = {
        **properties["merge"],
        "properties": {key: {"enum": _strategies(key)} for key in keys()},
        "additionalProperties": False,
    }
    return properties


def _strategies(key: str) -> list[str]:
    schema = schema_at(parse_path(key)) or {}
    kind = schema.get("type")
    return {"array": ["append", "unset"], "object": ["replace", "unset"]}.get(str(kind), ["unset"])
