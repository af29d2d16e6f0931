"""Measures which keys decide which properties: every key of rich manifests gets other values."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import re
import tempfile
from collections.abc import Iterator, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec

from catalog_platform.errors import PlatformError
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.documentation import leaves
from catalog_platform.model import Manifest
from catalog_platform.plan.property_changes import ATTRIBUTES
from catalog_platform.policy.anchors.deciding_keys import (
    Table,
    construct_pattern,
    property_pattern,
)
from support.edits import TOGETHER, edited, other_values, with_value
from support.manifests import EXAMPLES
from support.synthesis import Template, templates_of

NAME = "environment.name"
# Other values of these change every ARN: only what else changes counts.
IDENTITIES = ("environment.account", "environment.region")
# Sections that production has otherwise, because a property can depend on two keys together.
ALTERNATIVES: Mapping[str, Mapping[str, Any]] = {
    "production": {},
    "development": {},
    "local": {},
    "production with passwords": {
        "database.authentication": "password",
        "database.secret_rotation_days": 30,
        "cache.authentication": True,
        "reader.function_url": True,
    },
    "production without cluster": {
        "cache.cluster_mode": "disabled",
        "cache.shards": 1,
        "database.proxy": False,
        "database.identifier": None,
        "stream.mode": "provisioned",
        "stream.shards": 2,
        "network.nat_gateways": 1,
    },
    "production edited": {},
}
KEYS_PER_PROCESS = 25
VALUES_PER_KEY = 3
Decided = dict[str, dict[str, set[str]]]


def bases() -> dict[str, Manifest]:
    """Return the manifests whose keys get other values."""
    found = {}
    for name, values in ALTERNATIVES.items():
        manifest = Manifests(EXAMPLES).load(name.partition(" ")[0])
        for key, value in values.items():
            manifest = with_value(manifest, key, value)
        found[name] = edited(manifest)[0] if name.endswith("edited") else manifest
    return found


def measured(processes: int) -> Table:
    """Return the keys that decide each property of all bases."""
    tasks = [
        (base, keys[start : start + KEYS_PER_PROCESS])
        for base in ALTERNATIVES
        for keys in [[key for key in leaves() if _is_of_interest(key, base)]]
        for start in range(0, len(keys), KEYS_PER_PROCESS)
    ]
    # The CDK's process grows by about 2 MB with each stack.
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=1) as pool:
        return merged(pool.imap_unordered(_of_keys, tasks))


def merged(found: Iterator[Decided]) -> Table:
    """Return one table of several."""
    table: Decided = {}
    for part in found:
        for construct, properties in part.items():
            for name, keys in properties.items():
                table.setdefault(construct, {}).setdefault(name, set()).update(keys)
    return {
        construct: {name: frozenset(keys) for name, keys in properties.items()}
        for construct, properties in table.items()
    }


def decided(before: Mapping[str, Any], after: Mapping[str, Any], key: str) -> Decided:
    """Return the properties that differ between resources by construct path, as those of a key."""
    found: Decided = {}
    for path in before.keys() & after.keys():
        for name in _differences(_values(before[path]), _values(after[path])):
            pattern = found.setdefault(construct_pattern(path), {})
            pattern.setdefault(property_pattern(name), set()).add(key)
    return found


def _of_keys(task: tuple[str, list[str]]) -> Decided:
    name, keys = task
    base = bases()[name]
    found: list[Decided] = []
    with tempfile.TemporaryDirectory(prefix="deciding-keys-") as folder:
        before = _resources(base, Path(folder), base)
        for key in keys:
            values = itertools.islice(other_values(key, attrgetter(key)(base)), VALUES_PER_KEY)
            for value in values:
                after = _with(base, {key: value, **TOGETHER.get(key, {})}, Path(folder))
                if after is not None and before is not None:
                    found.append(decided(before, after, key))
    return {
        construct: {each: set(keys) for each, keys in properties.items()}
        for construct, properties in merged(iter(found)).items()
    }


def _is_of_interest(key: str, base: str) -> bool:
    """Return whether a base can show more than the first about a key: alarms are independent."""
    return key != NAME and (base == next(iter(ALTERNATIVES)) or not key.startswith("alarms."))


def _with(base: Manifest, values: Mapping[str, Any], folder: Path) -> dict[str, Any] | None:
    """Return the resources with other values; None if there is no such manifest or stack."""
    try:
        manifest = base
        for key, value in values.items():
            manifest = with_value(manifest, key, value)
    except msgspec.ValidationError:
        return None
    return _resources(manifest, folder, base)


def _resources(manifest: Manifest, folder: Path, base: Manifest) -> dict[str, Any] | None:
    from jsii.errors import JSIIError

    try:
        (template,) = templates_of(folder, manifest)
    except (PlatformError, JSIIError, RuntimeError):
        return None
    return resources_by_path(template, manifest, base)


def resources_by_path(template: Template, manifest: Manifest, base: Manifest) -> dict[str, Any]:
    """Return the resources by construct path, with account and region of another manifest."""
    text = json.dumps(template.resources)
    for key in IDENTITIES:
        text = text.replace(attrgetter(key)(manifest), attrgetter(key)(base))
    resources = json.loads(text)
    return {
        path: resources[name]
        for path, name in template.full_logical_ids.items()
        if name in resources
    }


def _values(resource: Mapping[str, Any]) -> dict[str, Any]:
    attributes = {name: resource[name] for name in ATTRIBUTES if name in resource}
    return {**resource.get("Properties", {}), **attributes}


def _differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield the paths of values that differ; lists of other lengths differ as a whole."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping) and not _is_function(old, new):
        for name in old.keys() | new.keys():
            yield from _differences(old.get(name), new.get(name), f"{path}/{name}".strip("/"))
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, pair in enumerate(zip(old, new, strict=True)):
            yield from _differences(*pair, f"{path}/{number}")
    else:
        yield path


def _is_function(*values: Mapping[str, Any]) -> bool:
    """Return whether a mapping is a call of an intrinsic function."""
    return any(
        len(value) == 1 and re.match("Fn::|Ref$", next(iter(value))) is not None for value in values
    )
