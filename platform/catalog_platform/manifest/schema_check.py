"""Validation of a manifest against its JSON Schema.

Every error is reported, at the line of the key or value concerned.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from typing import Any

import jsonschema

from catalog_platform import model
from catalog_platform.findings import Finding, Location, sort_unique
from catalog_platform.manifest import schema_errors
from catalog_platform.manifest.documentation import accepts
from catalog_platform.manifest.node import (
    MappingNode,
    Node,
    Path,
    ScalarNode,
    dotted,
    find,
    location_of,
    plain,
)
from catalog_platform.manifest.schema import Schema, dereferenced, manifest_schema, schema_of


def check(
    root: MappingNode, environment_file: str, broken: Collection[Path], of: type = model.Manifest
) -> tuple[Finding, ...]:
    """Return a finding for each violation of the schema of type `of` in a rendered tree.

    Paths in `broken` already have a finding and are omitted. Findings about missing keys ask to
    set them in `environment_file`.
    """
    found: list[Finding] = []
    for error in _validator(of).iter_errors(plain(root)):
        for path, message in _flattened(error, of):
            if path in broken:
                continue
            where = _location(root, path, error.validator)
            if message.is_missing and where.file == environment_file:
                key = str(path[-1])
                message = (
                    schema_errors.null(message.accepts)
                    if find(root, path)
                    else schema_errors.absent(key, message.accepts)
                )
            elif message.is_missing:
                message = schema_errors.unset(path, environment_file, where, message.accepts)
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
    return sort_unique(found)


def _flattened(error: Any, of: type) -> Iterator[tuple[Path, schema_errors.Message]]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        known = error.schema["properties"]
        directives = () if path or of is not model.Manifest else model.Directives.__struct_fields__
        for key in error.instance:
            if key not in known:
                words = (*known, *directives)
                sections = _sections_with(key) if of is model.Manifest else ()
                yield (*path, key), schema_errors.unknown(path, key, words, sections)
    elif error.validator == "required":
        missing = next(key for key in error.validator_value if error.message.startswith(f"'{key}'"))
        valid = accepts(error.schema["properties"][missing])
        yield (*path, missing), schema_errors.missing(missing, valid)
    elif error.validator == "anyOf":
        # The model uses alternatives only for a value or null.
        for inner in error.context:
            if inner.schema.get("type") != "null":
                yield path, schema_errors.explain(_violation(inner, error.schema), nullable=True)
    else:
        yield path, schema_errors.explain(_violation(error, error.schema))


def _sections_with(key: str) -> list[str]:
    return [
        name
        for name, inner in dereferenced(manifest_schema())["properties"].items()
        if key in dereferenced(inner)["properties"]
    ]


def _provenance(node: Node | None) -> str:
    is_template = isinstance(node, ScalarNode) and node.is_template
    return " (the result of the expression)" if is_template else ""


def _violation(error: Any, schema: Schema) -> schema_errors.SchemaViolation:
    return schema_errors.SchemaViolation(
        keyword=error.validator,
        limit=error.validator_value,
        value=error.instance,
        schema={**schema, **error.schema},
    )


def _location(root: MappingNode, path: Path, keyword: str) -> Location:
    if keyword == "additionalProperties":
        return location_of(root, path) or root.location
    node = find(root, path)
    if node is not None and not isinstance(node, MappingNode):
        return node.location
    while (found := location_of(root, path)) is None:
        path = path[:-1]
    return found


def _section_location(root: MappingNode, path: Path, environment_file: str) -> Location:
    while path:
        path = path[:-1]
        found = location_of(root, path)
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
    """Validate `enum`; unlike JSON Schema, 1.0 and 1 are different numbers, as in the model."""
    if not any(type(value) is type(choice) and value == choice for choice in choices):
        yield jsonschema.ValidationError(f"{value!r} is not one of {choices!r}")
