"""The CDK's own differ, and why its word about a resource differs from that of the plan.

https://www.npmjs.com/package/@aws-cdk/cloudformation-diff
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog_platform.aws.conditional_properties import PROPERTIES
from catalog_platform.aws.provider_schemas import is_custom
from catalog_platform.plan.changes import ResourceChange
from catalog_platform.plan.stack import Stack
from support.manifests import ROOT

SCRIPT = Path(__file__).with_suffix(".cjs")
NOTHING = "nothing"
WORDS = {
    "NO_CHANGE": NOTHING,
    "WILL_CREATE": "create",
    "WILL_UPDATE": "update",
    "MAY_REPLACE": "may replace",
    "WILL_REPLACE": "replace",
    "WILL_DESTROY": "destroy",
    "WILL_ORPHAN": "orphan",
}
SAME = {
    ("add", "create"),
    ("update", "update"),
    ("rerun", "update"),
    ("replace", "replace"),
    ("remove", "destroy"),
    ("remove", "orphan"),
}
# The differ's data says that a change replaces; the schema and, where named, a better source say
# that it doesn't. Read on 2026-11-26.
DISPUTED: Mapping[tuple[str, str], str] = {
    ("AWS::RDS::DBInstance", "Port"): "RDS's handler modifies the port in place",
    ("AWS::ElastiCache::ReplicationGroup", "Engine"): "the reference: migrated in place",
    ("AWS::ElastiCache::ReplicationGroup", "ReplicasPerNodeGroup"): "no source decides: at risk",
    ("AWS::S3::Bucket", "ObjectLockEnabled"): "S3 enables it in place; CloudFormation: at risk",
}


@dataclass(frozen=True)
class Row:
    """What the differ says about a resource: one of `WORDS`, and the impact per property."""

    word: str = NOTHING
    properties: Mapping[str, str] | None = None

    def properties_that(self, word: str) -> set[str]:
        """Return the properties with this impact."""
        return {name for name, each in (self.properties or {}).items() if each == word}


@dataclass(frozen=True)
class Disagreement:
    """A resource about which the plan, None without a row, and the differ say different things."""

    logical_id: str
    ours: ResourceChange | None
    theirs: Row
    base: Stack
    head: Stack

    def __str__(self) -> str:
        """Return both words."""
        ours = self.ours.action if self.ours else NOTHING
        return f"{self.logical_id}: plan {ours}, differ {self.theirs.word} {self.theirs.properties}"

    @property
    def type(self) -> str:
        """Return the type of the resource."""
        side = self.head if self.logical_id in self.head.resources else self.base
        return str(side.resources[self.logical_id]["Type"])

    @property
    def is_by_reference(self) -> bool:
        """Return whether only what the resource refers to changes."""
        return self.ours is not None and bool(self.ours.via) and not self.ours.values

    @property
    def has_same_properties(self) -> bool:
        """Return whether both templates have the same properties."""
        sides = (each.resources.get(self.logical_id, {}) for each in (self.base, self.head))
        old, new = (each.get("Properties") for each in sides)
        return bool(old == new)


def differ(pairs: Sequence[tuple[Stack, Stack]], folder: Path) -> list[dict[str, Row]]:
    """Return what the differ says about each pair of stacks, by logical id."""
    file = folder / "pairs.json"
    file.write_text(json.dumps([[base.template, head.template] for base, head in pairs]))
    command = ["node", str(SCRIPT), str(file)]
    ran = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    found: list[dict[str, dict[str, Any]]] = json.loads(ran.stdout)
    return [
        {
            logical_id: Row(
                WORDS[row["impact"]],
                {name: WORDS.get(each, NOTHING) for name, each in row["properties"].items()},
            )
            for logical_id, row in rows.items()
        }
        for rows in found
    ]


def disagreements(
    ours: Sequence[ResourceChange], theirs: Mapping[str, Row], base: Stack, head: Stack
) -> list[Disagreement]:
    """Return the resources about which the plan and the differ say different things."""
    rows = {each.logical_id: each for each in ours}
    found = []
    for logical_id in dict.fromkeys((*rows, *theirs)):
        mine, other = rows.get(logical_id), theirs.get(logical_id, Row())
        same = (mine is None and other.word == NOTHING) or (
            mine is not None and (mine.action, other.word) in SAME
        )
        if not same:
            found.append(Disagreement(logical_id, mine, other, base, head))
    return found


def _is_conditional(each: Disagreement) -> bool:
    names = each.theirs.properties_that("may replace")
    decided = {name for kind, name in (*PROPERTIES, *DISPUTED) if kind == each.type}
    return each.theirs.word == "may replace" and each.ours is not None and names <= decided


def _is_disputed(each: Disagreement) -> bool:
    names = each.theirs.properties_that("replace")
    is_update = each.ours is not None and each.ours.action == "update"
    return bool(names) and is_update and all((each.type, name) in DISPUTED for name in names)


def _follows_a_disputed_one(each: Disagreement) -> bool:
    return each.ours is None and each.theirs.word == "replace" and each.has_same_properties


def _is_reference_in_place(each: Disagreement) -> bool:
    kinds = ("update", "rerun")
    is_ours = each.ours is not None and each.ours.action in kinds and each.is_by_reference
    return is_ours and each.theirs.word == NOTHING


def _is_reference_that_replaces(each: Disagreement) -> bool:
    is_ours = each.ours is not None and each.ours.action == "replace" and each.is_by_reference
    return is_ours and each.theirs.word == NOTHING


def _is_no_change(each: Disagreement) -> bool:
    return each.ours is None and each.theirs.word == "update" and each.has_same_properties


def _is_custom(each: Disagreement) -> bool:
    return is_custom(each.type) and each.ours is not None and each.theirs.word == NOTHING


def _is_nested(each: Disagreement) -> bool:
    names = each.ours.replaced_by if each.ours else ()
    return each.theirs.word == "update" and bool(names) and all("." in name for name in names)


# Why they disagree, and when; the first that applies.
REASONS: Mapping[str, Callable[[Disagreement], bool]] = {
    "the differ doesn't know that a changed property runs a custom resource again": _is_custom,
    "the differ doesn't follow a reference to a replaced resource from one that is updated": (
        _is_reference_in_place
    ),
    "the differ doesn't follow a reference inside of a function or of a nested property": (
        _is_reference_that_replaces
    ),
    "the differ doesn't decide properties that replace in some cases": _is_conditional,
    "AWS's sources disagree about the property": _is_disputed,
    "the differ follows a replacement that is disputed": _follows_a_disputed_one,
    "metadata or an order of creation alone changes nothing": _is_no_change,
    "the differ doesn't know properties inside of others that replace": _is_nested,
}


def reason(disagreement: Disagreement) -> str | None:
    """Return why they disagree; None when nothing explains it."""
    return next((text for text, applies in REASONS.items() if applies(disagreement)), None)
