"""Edits of the large test manifest, and the stacks before and after them."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from catalog_platform.errors import PlatformError
from catalog_platform.infra.app import synthesise
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.side import read_stacks
from catalog_platform.plan.stack import Stack
from catalog_platform.workspace import Workspace
from support.synthesis import stub_bundles

TESTS = Path(__file__).parents[1]
TABLE = TESTS / "plan" / "edits.yaml"
NAME = "production"
Keys = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class PlanEdit:
    """A row of the table of edits: what is edited, and what the plan must say about it.

    `edit` has keys of the manifest with their new values, `start` those that the base has instead
    of the manifest's. `template` changes properties of the head's template by construct path; None
    removes one. `resource` is the construct path of the decisive change; `differ` the word of the
    CDK's differ for it. `row` is the row of docs/edits.md for the edit, without backticks. `short`
    rows are in the default suite.
    """

    verdict: str
    resource: str
    differ: str
    edit: Keys = field(default_factory=dict)
    start: Keys = field(default_factory=dict)
    template: Mapping[str, Keys] = field(default_factory=dict)
    row: str = ""
    short: bool = False

    def __str__(self) -> str:
        """Return the edit as text, for the name of a test."""
        edit = json.dumps({**self.edit, **self.template}, separators=(",", ":"))
        start = json.dumps(self.start, separators=(",", ":"))
        return f"{edit} from {start}" if self.start else edit


def table() -> list[PlanEdit]:
    """Return the rows of the table."""
    rows: list[dict[str, Any]] = yaml.safe_load(TABLE.read_text())
    return [PlanEdit(**row) for row in rows]


class EditedStacks:
    """Synthesises edits of the large test manifest below a folder; each base once."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        shutil.copytree(TESTS / "manifests" / "environments", folder / "environments")
        self._file = folder / "environments" / f"{NAME}.yaml"
        self._text = self._file.read_text()
        self._bases: dict[str, Stack] = {}
        self._count = 0

    def pair(self, edit: PlanEdit) -> tuple[Stack, Stack]:
        """Return the stacks before and after an edit."""
        start = json.dumps(edit.start)
        if start not in self._bases:
            self._bases[start] = self.stack(edit.start)
        base = self._bases[start]
        head = self.stack({**edit.start, **edit.edit}) if edit.edit else base
        return base, with_properties(head, edit.template)

    def stack(self, keys: Keys) -> Stack:
        """Return the stack of the manifest with other values for some keys."""
        found = self.stack_if_possible(keys)
        assert found is not None, keys
        return found

    def stack_if_possible(self, keys: Keys) -> Stack | None:
        """Return the stack of the manifest with other values for some keys, None without one."""
        self.write(keys)
        manifest = Manifests(Workspace(self.root)).model(NAME)
        if manifest is None:
            return None
        self._count += 1
        out = self.root / f"assembly-{self._count}"
        try:
            synthesise({NAME: (manifest, stub_bundles(self.root / "bundles"))}, out)
        except PlatformError:
            return None
        stacks, _ = read_stacks(out, (NAME,))
        return stacks[NAME]

    def write(self, keys: Keys) -> None:
        """Write the manifest with other values for some keys."""
        tree = yaml.safe_load(self._text)
        for key, value in keys.items():
            set_key(tree, key, value)
        self._file.write_text(yaml.safe_dump(tree, sort_keys=False))


def set_key(tree: dict[str, Any], key: str, value: Any) -> None:
    """Set a key, such as `database.port`, of a manifest as YAML has it."""
    *sections, name = key.split(".")
    for section in sections:
        tree = tree.setdefault(section, {})
    tree[name] = value


def with_properties(stack: Stack, edits: Mapping[str, Keys]) -> Stack:
    """Return the stack with other properties, by construct path; attributes begin with `@`."""
    if not edits:
        return stack
    template = copy.deepcopy(dict(stack.template))
    ids = {path: logical_id for logical_id, path in stack.paths.items()}
    for path, properties in edits.items():
        resource = template["Resources"][ids[path]]
        for name, value in properties.items():
            side = resource if name.startswith("@") else resource["Properties"]
            side.pop(name.lstrip("@"), None)
            if value is not None:
                side[name.lstrip("@")] = value
    return Stack(
        template=template,
        account=stack.account,
        region=stack.region,
        is_protected=stack.is_protected,
        paths=stack.paths,
    )
