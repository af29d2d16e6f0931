"""The JSON Schema of a manifest, generated from the model, and what it says about a tree.

Every error is reported, at the line of the key or value that the author wrote.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import jsonschema
import msgspec

from catalog_platform import model
from catalog_platform.findings import Finding, Location, ordered
from catalog_platform.manifest import schema_errors
from catalog_platform.manifest.node import (
    Entry,
    Items,
    Node,
    Path,
    Scalar,
    Section,
    dotted,
    find,
    place,
    plain,
)

Schema = dict[str, Any]


@functools.cache
def manifest_schema() -> Schema:
    """JSON Schema (2020-12) of a complete manifest."""
    return schema_of(model.Manifest)


@functools.cache
def schema_of(of: type) -> Schema:
    """JSON Schema (2020-12) of a type of the model."""
    return msgspec.json.schema(of)


def dereferenced(schema: Schema) -> Schema:
    """The schema that a `$ref` into this document stands for, or the schema itself.

    What is written beside the reference holds for this place: its description, before all.
    """
    if "$ref" not in schema:
        return schema
    found: Schema = manifest_schema()["$defs"][schema["$ref"].rpartition("/")[2]]
    return found | {key: value for key, value in schema.items() if key != "$ref"}


@functools.lru_cache(maxsize=2048)
def schema_at(path: Path) -> Schema | None:
    """The schema of a key (lists: of an element), or None for a path that no manifest has."""
    schema = dereferenced(manifest_schema())
    for step in path:
        inner = (
            schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        )
        if inner is None:
            return None
        schema = dereferenced(inner)
    return schema


def as_written(node: Node, path: Path = ()) -> Node:
    """The tree with unquoted numbers taken as text where the schema wants text.

    `engine_version: 17.10` then means what it says, instead of 17.1.
    """
    match node:
        case Section(entries):
            inner = {
                key: Entry(entry.location, as_written(entry.node, (*path, key)))
                for key, entry in entries.items()
            }
            return replace(node, entries=inner)
        case Items(items):
            return replace(node, items=tuple(as_written(item, (*path, 0)) for item in items))
        case Scalar(value=bool()):
            return node
        case Scalar(value=int() | float()) if (schema_at(path) or {}).get("type") == "string":
            return replace(node, value=node.text)
    return node


def check(
    root: Section, environment_file: str, broken: Collection[Path], of: type = model.Manifest
) -> tuple[Finding, ...]:
    """Every way in which a rendered tree is no complete manifest, or nothing else that is wanted.

    Paths in `broken` already have a finding and are left out; `environment_file` is named where a
    key has to be set.
    """
    found: list[Finding] = []
    for error in _validator(of).iter_errors(plain(root)):
        for path, message in _flattened(error, of):
            if path in broken:
                continue
            where = _location(root, path, error.validator)
            if message.is_missing and where.file == environment_file:
                key = str(path[-1])
                message = schema_errors.null() if find(root, path) else schema_errors.absent(key)
            elif message.is_missing:
                message = schema_errors.unset(path, environment_file, where)
                where = _section_location(root, path, environment_file)
            found.append(
                Finding(
                    rule=message.rule,
                    message=message.text + _provenance(find(root, path)),
                    location=where,
                    path=dotted(path),
                    hint=message.hint,
                )
            )
    return ordered(found)


def _flattened(error: Any, of: type) -> Iterator[tuple[Path, schema_errors.Message]]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        beside = () if path or of is not model.Manifest else model.Directives.__struct_fields__
        for key in error.instance:
            if key not in known:
                words = (*known, *beside)
                yield (*path, key), schema_errors.unknown(path, key, words, schema_of(of))
    elif error.validator == "required":
        missing = next(key for key in error.validator_value if error.message.startswith(f"'{key}'"))
        yield (*path, missing), schema_errors.missing(missing)
    elif error.validator == "anyOf":
        # The only alternatives in the model are "a value, or null".
        for inner in error.context:
            if inner.schema.get("type") != "null":
                yield path, schema_errors.explain(_violation(inner, error.schema), nullable=True)
    else:
        yield path, schema_errors.explain(_violation(error, error.schema))


def _provenance(node: Node | None) -> str:
    is_template = isinstance(node, Scalar) and node.is_template
    return " (this is what the expression gives)" if is_template else ""


def _violation(error: Any, schema: Schema) -> schema_errors.Violation:
    return schema_errors.Violation(
        keyword=error.validator,
        limit=error.validator_value,
        value=error.instance,
        schema={**schema, **error.schema},
    )


def _location(root: Section, path: Path, keyword: str) -> Location:
    if keyword == "additionalProperties":
        return place(root, path) or root.location
    node = find(root, path)
    if node is not None and not isinstance(node, Section):
        return node.location
    while (found := place(root, path)) is None:
        path = path[:-1]
    return found


def _section_location(root: Section, path: Path, environment_file: str) -> Location:
    while path:
        path = path[:-1]
        found = place(root, path)
        if path and found is not None and found.file == environment_file:
            return found
    return Location(environment_file)


@functools.cache
def _validator(of: type) -> Any:
    checker = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    extend: Any = jsonschema.validators.extend
    strict = extend(jsonschema.Draft202012Validator, {"enum": _enum}, type_checker=checker)
    return strict(schema_of(of))


def _enum(_validator: Any, choices: list[Any], value: Any, _schema: Schema) -> Iterator[Any]:
    """JSON Schema takes 1.0 and 1 for the same number, the model does not."""
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        yield jsonschema.ValidationError(f"{value!r} is not one of {choices!r}")
