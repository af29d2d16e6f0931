"""The types of resources that each key changes, recorded for docs/environments.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.manifest.documentation import leaves
from catalog_platform.manifest.node import parse_path
from catalog_platform.manifest.schema import schema_at
from catalog_platform.model import Manifest
from support.edits import FOR_THE_CDK, OTHERS, with_value
from support.synthesis import templates_of

pytestmark = pytest.mark.synth


def resources_by_key(folder: Path, base: Manifest) -> dict[str, list[str]]:
    """Return the types of resources that each key changes, from one synthesis of all variants."""
    variants = {"": base}
    for key, value in _changes(base):
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
    before = contents.pop("")
    touched = {key: sorted(set(_changed(before, after))) for key, after in contents.items()}
    return {"environment.name": sorted({_kind(_type(each)) for each in before.values()}), **touched}


def _changes(base: Manifest) -> Iterator[tuple[str, Any]]:
    for key in leaves():
        if key != "environment.name":
            yield key, OTHERS.get(key, _other(key, attrgetter(key)(base)))


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


def test_the_resources_that_each_key_changes_are_recorded(repository, examples, tmp_path, golden):
    file = repository.root / "platform" / "schema" / "resources.json"
    touched = resources_by_key(tmp_path, Manifests(examples).load("production"))
    text = json.dumps(touched, indent=1, sort_keys=True) + "\n"
    if golden:
        file.write_text(text)
    assert text == file.read_text(), "run `make golden`"


def test_every_key_is_measured(repository):
    file = repository.root / "platform" / "schema" / "resources.json"
    assert set(json.loads(file.read_text())) == set(leaves())
