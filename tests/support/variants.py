"""Detection of the resources that each key changes, by comparing templates of variants."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any

from catalog_platform.manifest.documentation import leaves
from catalog_platform.manifest.node import parse_path
from catalog_platform.manifest.schema import schema_at
from catalog_platform.model import Manifest
from support.edits import FOR_THE_CDK, OTHERS, with_value
from support.properties import direct_properties
from support.synthesis import templates_of


@dataclass(frozen=True)
class Variants:
    """The resources of a base manifest, and of one variant per key, by logical id.

    `paths` are their construct paths.
    """

    before: Mapping[str, Any]
    after: Mapping[str, Mapping[str, Any]]
    values: Mapping[str, Any]
    paths: Mapping[str, str]

    def resources_by_key(self) -> dict[str, list[str]]:
        """Return the types of resources that each key changes."""
        touched = {
            key: sorted(set(_changed(self.before, after))) for key, after in self.after.items()
        }
        every = sorted({_kind(_type(each)) for each in self.before.values()})
        return {"environment.name": every, **touched}

    def properties_by_key(self) -> dict[str, list[dict[str, Any]]]:
        """Return the properties that show the value of each key."""
        return {
            key: direct_properties(self.before, after, self.values[key])
            for key, after in self.after.items()
        }


def synthesise_variants(folder: Path, base: Manifest) -> Variants:
    """Synthesise a manifest, and a variant of it for each key, in one assembly."""
    variants = {"": base}
    values = dict(_changes(base))
    for key, value in values.items():
        variant = with_value(base, key, value)
        for other, along in FOR_THE_CDK.get(key, {}).items():
            variant = with_value(variant, other, along)
        variants[key] = variant
    named = {
        key: with_value(each, "environment.name", f"variant{number:03}x")
        for number, (key, each) in enumerate(variants.items())
    }
    templates = dict(zip(named, templates_of(folder, *named.values()), strict=True))
    contents = {key: _resources(template.content) for key, template in templates.items()}
    paths = {
        name: path
        for template in templates.values()
        for path, name in template.full_logical_ids.items()
    }
    return Variants(contents.pop(""), contents, values, paths)


def _changes(base: Manifest) -> Iterator[tuple[str, Any]]:
    for key in leaves():
        if key != "environment.name":
            other = OTHERS[key] if key in OTHERS else _other(key, attrgetter(key)(base))
            yield key, other


def _other(key: str, now: Any) -> Any:
    schema = schema_at(parse_path(key)) or {}
    choices = [choice for choice in schema.get("anyOf", [schema]) if choice.get("type") != "null"]
    if "enum" in choices[0]:
        return next(value for value in choices[0]["enum"] if value != now)
    if isinstance(now, bool):
        return not now
    if isinstance(now, int) or now is None:
        maximum = choices[0]["maximum"]
        return maximum if now != maximum else maximum - 1
    return f"{now}2"


def _resources(template: Mapping[str, Any]) -> dict[str, Any]:
    text = re.sub(r"variant\d{3}x", "variant", json.dumps(template["Resources"]))
    found: dict[str, Any] = json.loads(text)
    return found


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in {*before, *after}:
        if before.get(name) != after.get(name):
            yield _kind(_type(before.get(name) or after[name]))


def _type(resource: Mapping[str, Any]) -> str:
    return str(resource["Type"])


def _kind(cloudformation: str) -> str:
    return cloudformation.removeprefix("AWS::")
