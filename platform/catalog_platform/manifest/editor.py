"""The JSON Schema for editors: of what people write, where the manifest schema is of the outcome.

Every key is optional, since a file says only what is special; every value may be null or a Jinja
expression, and an unquoted number may stand for text.
"""

from __future__ import annotations

from typing import Any

import msgspec

from catalog_platform.manifest.schema import Schema, manifest_schema

EXPRESSION = {"type": "string", "pattern": r"\{\{"}


def editor_schema() -> Schema:
    """JSON Schema (2020-12) of a manifest as it is written."""
    schema = manifest_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Environment manifest",
        "$ref": schema["$ref"],
        "$defs": {name: _section(section) for name, section in schema["$defs"].items()},
    }


def to_json(schema: Schema) -> str:
    """A schema as the text that is committed."""
    return (
        msgspec.json.format(msgspec.json.encode(schema, order="sorted"), indent=2).decode() + "\n"
    )


def _section(schema: Schema) -> Schema:
    optional = {key: value for key, value in schema.items() if key != "required"}
    return {
        **optional,
        "properties": {key: _key(value) for key, value in schema["properties"].items()},
    }


def _key(schema: Schema) -> Schema:
    if "$ref" in schema:
        return schema
    if schema.get("type") == "array":
        return {**schema, "items": _key(schema["items"])}
    told = {key: value for key, value in schema.items() if key in ("description", "examples")}
    bare: dict[str, Any] = {key: value for key, value in schema.items() if key not in told}
    choices = bare.pop("anyOf", [bare])
    choices = [choice for choice in choices if choice != {"type": "null"}]
    if any(choice.get("type") == "string" for choice in choices):
        choices = [*choices, {"type": "number"}]
    return {**told, "anyOf": [*choices, EXPRESSION, {"type": "null"}]}
