"""Decide which property changes replace a resource, and which of these are refused.

`replacement.json` is a part of AWS's resource schemas; a test compares it with cfn-lint's copy.

https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Properties = Mapping[str, Any]
DATA = Path(__file__).with_name("replacement.json")


@dataclass(frozen=True, slots=True)
class Schema:
    """The properties of a resource type that matter for its replacement.

    A change of a path in `create_only` replaces the resource. One in `conditional` may replace it;
    the handler of the type decides. The properties in `name` name it; empty when AWS assigns its
    name.
    """

    create_only: tuple[str, ...]
    conditional: tuple[str, ...]
    name: tuple[str, ...]


@functools.cache
def schemas() -> Mapping[str, Schema]:
    """Return the schema of each resource type that the catalog uses."""
    rows = json.loads(DATA.read_text(encoding="utf-8"))
    return {
        kind: Schema(tuple(row["create_only"]), tuple(row["conditional"]), tuple(row["name"]))
        for kind, row in rows.items()
    }


def replaces(resource_type: str, old: Properties, new: Properties) -> bool:
    """Return whether a change replaces the resource; False for a type without a schema."""
    schema = schemas().get(resource_type)
    if schema is None:
        return False
    return any(_value(old, path) != _value(new, path) for path in schema.create_only)


def refusal(resource_type: str, old: Properties, new: Properties) -> str | None:
    """Return why CloudFormation refuses a change, or None.

    The new resource is created before the old one is deleted, so a name that the template sets
    must change with it.
    https://repost.aws/knowledge-center/cloudformation-custom-name
    """
    schema = schemas().get(resource_type)
    if schema is None or not schema.name or not replaces(resource_type, old, new):
        return None
    name = [old.get(part) for part in schema.name]
    if not all(name) or name != [new.get(part) for part in schema.name]:
        return None
    shown = "|".join(map(str, name))
    return (
        "CloudFormation cannot update a stack when a custom-named resource requires replacing."
        f" Rename {shown} and update the stack again."
    )


def _value(properties: Properties, path: str) -> Any:
    """Return the value at a path, in the form in which equal values of a template are equal."""
    found: Any = properties
    for part in path.split("/"):
        found = found.get(part) if isinstance(found, Mapping) else None
    return _comparable(found)


def _comparable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _comparable(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_comparable(each) for each in value]
    if isinstance(value, bool):
        return str(value).lower()
    return value if value is None else str(value)
