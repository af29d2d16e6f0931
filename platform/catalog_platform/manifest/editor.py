"""The JSON Schema for editors. It describes manifest files before merging and evaluation.

Unlike in the schema of resolved manifests, every key is optional, every value can be null or a
Jinja expression, and an unquoted number is allowed where text is expected. Descriptions include
allowed values and the default.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from catalog_platform import model
from catalog_platform.manifest import schema_errors
from catalog_platform.manifest.documentation import accepts, keys
from catalog_platform.manifest.node import Path, dotted, parse_path
from catalog_platform.manifest.schema import (
    Schema,
    dereferenced,
    manifest_schema,
    schema_at,
    schema_of,
)

EXPRESSION = r"\{\{"
# Extensions of JSON Schema by the YAML language server:
# https://github.com/redhat-developer/yaml-language-server#features
HOVER = "markdownDescription"
PATTERN_MESSAGE = "patternErrorMessage"
NULL = {"type": "null"}


def editor_schema(defaults: Mapping[str, str] | None = None) -> Schema:
    """Return the JSON Schema (2020-12) of a manifest file.

    `defaults` are default values by key, for the descriptions.
    """
    whole = dereferenced(manifest_schema())
    sections = {
        key: _section((key,), dereferenced(inner), defaults or {})
        for key, inner in whole["properties"].items()
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "description": whole["description"],
        "type": "object",
        "properties": {**sections, **_directives()},
        "additionalProperties": False,
    }


def to_json(schema: Schema) -> str:
    """Return a schema as the JSON text to commit."""
    return (
        msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"
    )


def _section(path: Path, schema: Schema, defaults: Mapping[str, str]) -> Schema:
    return {
        "description": schema.get("description", ""),
        HOVER: f"{schema.get('description', '')}\n\nSee docs/environments.md",
        "type": "object",
        "properties": {
            key: _key((*path, key), inner, defaults) for key, inner in schema["properties"].items()
        },
        "additionalProperties": False,
    }


def _key(path: Path, schema: Schema, defaults: Mapping[str, str]) -> Schema:
    schema = dereferenced(schema)
    documented = {key: value for key, value in schema.items() if key in ("description", "examples")}
    if default := defaults.get(dotted(path)):
        about = (schema.get("description", ""), f"Accepts: {accepts(schema)}")
        documented["description"] = "\n\n".join((*about, f"Default: {default}"))
        documented[HOVER] = "\n\n".join((*about, f"Default: `{default}`"))
    constraints = {key: value for key, value in schema.items() if key not in documented}
    if "properties" in schema:
        return {
            **documented,
            "type": "object",
            "properties": {
                key: _key((*path, key), inner, defaults)
                for key, inner in schema["properties"].items()
            },
            "additionalProperties": False,
        }
    if schema.get("type") == "array":
        return {**documented, **constraints, "items": _element(schema["items"])}
    choices = constraints.get("anyOf", [constraints])
    (choice,) = (choice for choice in choices if choice != {"type": "null"})
    return {**documented, **_value(choice, schema.get("examples", []))}


def _value(choice: Schema, examples: list[Any]) -> Schema:
    """Return a schema for a value, null or an expression.

    It avoids `anyOf` where possible, because editors list every alternative in their messages.
    """
    if "enum" in choice:
        return {
            "anyOf": [{"enum": choice["enum"]}, {"type": "string", "pattern": EXPRESSION}, NULL]
        }
    if choice["type"] != "string":
        message = f"write {schema_errors.TYPES[choice['type']]} without quotes, or an expression"
        types = [choice["type"], "string", "null"]
        return {**choice, "type": types, "pattern": EXPRESSION, PATTERN_MESSAGE: message}
    shape = f"(?=^[\\s\\S]{{{choice.get('minLength', 0)},{choice.get('maxLength', '')}}}$)"
    shape += choice.get("pattern", "")
    example = f"write it like {examples[0]}" if examples else "write a value of the required form"
    return {
        "type": ["string", "number", "null"],
        "pattern": f"{EXPRESSION}|{shape}",
        PATTERN_MESSAGE: f"{example}, or an expression",
    }


def _element(schema: Schema) -> Schema:
    inner = dereferenced(schema)
    if "properties" not in inner:
        return _key((), inner, {})
    each = {key: _key((), value, {}) for key, value in inner["properties"].items()}
    return {**inner, "properties": each}


def _directives() -> Schema:
    schema = schema_of(model.Directives)
    properties = dict(schema["$defs"]["Directives"]["properties"])
    for name, text in properties.items():
        properties[name] = {key: value for key, value in text.items() if key != "default"}
    for name, kind in (("divergences", "Divergence"), ("exceptions", "RuleException")):
        element = dict(schema["$defs"][kind])
        key = {**element["properties"]["key"], "enum": list(keys())}
        element["properties"] = {**element["properties"], "key": key}
        properties[name] = {**properties[name], "items": element}
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
