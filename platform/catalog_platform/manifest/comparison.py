"""Comparison of two environments: declared, undeclared and derived differences."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog_platform.findings import Finding
from catalog_platform.manifest import dump
from catalog_platform.manifest.expression import ExpressionError, compile_leaf
from catalog_platform.manifest.node import Path, ScalarNode, dotted, find, parse_path, scalars
from catalog_platform.manifest.resolved import Leaf, Resolved
from catalog_platform.model import Divergence

# Keys that always differ: see the rules name-is-the-file-name and networks-do-not-overlap.
NATURAL = frozenset({"environment.name", "environment.account", "network.cidr"})


@enum.unique
class Status(enum.Enum):
    """Why two environments differ in a key."""

    UNDECLARED = "undeclared"
    DECLARED = "declared"
    FOLLOWS = "follows"
    NATURAL = "natural"


@dataclass(frozen=True, slots=True)
class Difference:
    """A key with its leaf in both environments (None if an environment lacks the key).

    `reason` is the declared reason, or names the keys that the difference follows from.
    """

    key: str
    left: Leaf | None
    right: Leaf | None
    status: Status
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All differences in key order, and declared divergences without a difference."""

    left: Resolved
    right: Resolved
    differences: tuple[Difference, ...]
    unneeded: tuple[Divergence, ...]

    def findings(self) -> tuple[Finding, ...]:
        """Return a finding for each undeclared difference, located in the right environment.

        If only the left environment sets the key in its own file, the finding is located there.
        """
        return tuple(
            self._finding(each) for each in self.differences if each.status is Status.UNDECLARED
        )

    def _finding(self, difference: Difference) -> Finding:
        sides = [(self.right, self.left), (self.left, self.right)]
        mine, theirs = next(
            (pair for pair in sides if pair[0].locate(difference.key).file == pair[0].file),
            sides[0],
        )
        here, there = mine.get(difference.key), theirs.get(difference.key)
        return Finding(
            rule="undeclared-difference",
            message=f"{format_value(here)} here, {format_value(there)} in {theirs.name} "
            f"({theirs.locate(difference.key)})",
            location=mine.locate(difference.key),
            path=difference.key,
            hint=f"make them equal, or declare it in {mine.name}.yaml, under divergences: "
            f"{{key: {difference.key}, reason: …}}",
            environment=mine.name,
        )


def format_value(leaf: Leaf | None) -> str:
    """Return one side of a difference as a single line."""
    if leaf is None:
        return "not set"
    return "unknown" if leaf.is_broken else dump.inline(leaf.value)


def compare(left: Resolved, right: Resolved) -> Comparison:
    """Compare two environments key by key."""
    keys = list(dict.fromkeys((*left, *right)))
    different = [key for key in keys if not _equal(left.get(key), right.get(key))]
    declared = [*left.divergences, *right.divergences] if left.name != right.name else []
    differences = tuple(_difference(key, left, right, different, declared) for key in different)
    unneeded = tuple(each for each in declared if not any(_covers(each, key) for key in different))
    return Comparison(left, right, differences, unneeded)


def _equal(one: Leaf | None, other: Leaf | None) -> bool:
    if one is None or other is None or one.is_broken or other.is_broken:
        return False
    # 1 == True in Python, and not in a manifest.
    return repr(one.value) == repr(other.value)


def _difference(
    key: str,
    left: Resolved,
    right: Resolved,
    different: Sequence[str],
    declared: Sequence[Divergence],
) -> Difference:
    mine, theirs = left.get(key), right.get(key)
    reasons = [" ".join(each.reason.split()) for each in declared if _covers(each, key)]
    if reasons:
        return Difference(key, mine, theirs, Status.DECLARED, reasons[-1])
    if key in NATURAL:
        return Difference(key, mine, theirs, Status.NATURAL, "always differs")
    causes = [cause for cause in _causes(key, left, right) if cause in different]
    if causes:
        return Difference(key, mine, theirs, Status.FOLLOWS, f"follows from {', '.join(causes)}")
    return Difference(key, mine, theirs, Status.UNDECLARED)


def _covers(divergence: Divergence, key: str) -> bool:
    return key == divergence.key or key.startswith(f"{divergence.key}.")


def _causes(key: str, left: Resolved, right: Resolved) -> Iterator[str]:
    """Yield the keys that a value refers to, if both environments take it from the same lines."""
    path = parse_path(key)
    mine, theirs = find(left.root, path), find(right.root, path)
    if mine is None or theirs is None:
        return
    ours, others = dict(scalars(mine)), dict(scalars(theirs))
    if [leaf.location for leaf in ours.values()] != [leaf.location for leaf in others.values()]:
        return
    seen: set[Path] = set()
    for leaf in ours.values():
        for reference in references(leaf):
            if reference not in seen:
                seen.add(reference)
                yield dotted(reference)


def references(leaf: ScalarNode) -> tuple[Path, ...]:
    """Return the keys that a leaf's expression refers to, without duplicates."""
    if not leaf.is_template:
        return ()
    try:
        found = compile_leaf(leaf.text).references
    except ExpressionError:
        return ()
    return tuple(dict.fromkeys(each.path for each in found))
