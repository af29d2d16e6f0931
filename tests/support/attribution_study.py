"""Random changes of the large test manifest, and whether the causes of their rows are right.

The causes are checked without the code that found them: the keys are written into the file again,
and the stacks are synthesised again.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from catalog_platform import packaging
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.documentation import leaves
from catalog_platform.manifest.source_edits import source_edits
from catalog_platform.pipeline.planning.variants import Variants
from catalog_platform.plan.because import Attribution
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.stack import Stack
from catalog_platform.workspace import Workspace
from support.edits import KEPT, TOGETHER, other_values, tried
from support.plan_edits import NAME, EditedStacks
from support.synthesis import stub_bundles

# Of another account or region, the stack is another one: all of its rows are added.
OTHER_STACK = ("environment.account", "environment.region", "environment.tier")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """The figures of one change: how many rows, and for how many the causes hold.

    `reproduced` rows come back byte for byte with their causes only; `minimal` rows change without
    any one of them. `seconds` is the time to find the causes by `evaluations` stacks.
    """

    keys: int
    rows: int
    reproduced: int
    minimal: int
    evaluations: int
    seconds: float
    wrong: tuple[str, ...] = ()


def random_changes(seed: int, count: int, largest: int = 10) -> Iterator[dict[str, Any]]:
    """Yield valid changes of 2 to `largest` keys, with their new values.

    Sections are drawn first: most keys are those of alarms, most changes are not.
    """
    generator = random.Random(seed)
    base = Manifests(Workspace(Path(__file__).parents[1] / "manifests")).load(NAME)
    keys = [key for key in leaves() if key not in KEPT and key not in OTHER_STACK]
    sections = sorted({key.partition(".")[0] for key in keys})
    for _ in range(count):
        wanted = generator.randint(2, largest)
        manifest = base
        change: dict[str, Any] = {}
        while len(change) < wanted:
            section = generator.choice(sections)
            key = generator.choice([each for each in keys if each.startswith(f"{section}.")])
            values = [*other_values(key, attrgetter(key)(manifest))]
            if not values or any(each in change for each in (key, *TOGETHER.get(key, {}))):
                continue
            edit = {key: generator.choice(values), **TOGETHER.get(key, {})}
            candidate = tried(manifest, edit) if len(change) + len(edit) <= wanted else None
            if candidate is not None and candidate != manifest:
                manifest, change = candidate, {**change, **edit}
        yield change


def study(change: Mapping[str, Any], folder: Path) -> Figures:
    """Find the causes of the rows of a change, and check them."""
    stubs = folder / "stubs"
    stub_bundles(stubs)
    base, head = EditedStacks(folder / "base"), EditedStacks(folder / "head")
    checked = _Check(EditedStacks(folder / "check"), change)
    head.write(change)
    workspaces = Workspace(base.root), Workspace(head.root)

    def build(function: Path, *_: object) -> Path:
        return stubs / f"{function.name}.zip"

    with patch.object(packaging, "build", build):
        started = time.monotonic()
        edits = source_edits(*workspaces, NAME)
        variants = Variants(*workspaces, NAME, checked.base, folder / "variants")
        attribution = Attribution(edits, variants.changes)
        causes = attribution.causes()
        seconds = time.monotonic() - started
    expected = checked.rows(frozenset(change))
    wrong, reproduced, minimal = [], 0, 0
    for name, row in expected.items():
        keys = frozenset(each.key for each in causes.get(name, ()))
        is_same = checked.rows(keys).get(name) == row
        is_minimal = all(checked.rows(keys - {key}).get(name) != row for key in keys)
        reproduced += is_same
        minimal += is_minimal
        if not (is_same and is_minimal):
            wrong.append(f"{name}: {sorted(keys)} of {sorted(change)}")
    shutil.rmtree(folder)
    return Figures(
        keys=len(change),
        rows=len(expected),
        reproduced=reproduced,
        minimal=minimal,
        evaluations=attribution.evaluations,
        seconds=seconds,
        wrong=tuple(wrong),
    )


class _Check:
    """The rows, as JSON, of a change's keys alone."""

    def __init__(self, stacks: EditedStacks, change: Mapping[str, Any]) -> None:
        self._stacks = stacks
        self._change = change
        self._known: dict[frozenset[str], Mapping[str, bytes]] = {}

    @cached_property
    def base(self) -> Stack:
        """The stack without the change."""
        return self._stacks.stack({})

    def rows(self, keys: frozenset[str]) -> Mapping[str, bytes]:
        """Return the rows by logical id; none if the keys can't be synthesised alone."""
        if keys not in self._known:
            values = {key: value for key, value in self._change.items() if key in keys}
            head = self._stacks.stack_if_possible(values)
            found = resource_changes(self.base, head) if head is not None else []
            self._known[keys] = {each.logical_id: msgspec.json.encode(each) for each in found}
        return self._known[keys]
