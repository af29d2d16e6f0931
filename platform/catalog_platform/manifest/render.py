"""Expressions become values: leaf by leaf, in the order in which they need one another.

What a leaf refers to is read from its syntax tree, so an unknown name is found wherever it stands,
also in a branch that is not taken, and the order is known before anything is evaluated.
"""

from __future__ import annotations

import graphlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog_platform.findings import Finding, Location, suggestion
from catalog_platform.manifest.expression import (
    Budget,
    ExpressionError,
    Reference,
    Template,
    TooMuchWorkError,
    compile_leaf,
)
from catalog_platform.manifest.node import (
    Entry,
    Items,
    Node,
    Path,
    Scalar,
    Section,
    Tree,
    dotted,
    find,
    plain,
    scalars,
)
from catalog_platform.yaml_loader import characters

MAXIMUM_CYCLES = 10
MOST_LISTED = 40
MOST_IN_CIRCLE = 12
MAXIMUM_WRITTEN = 64 * 1024  # characters of all expressions together

# Where the character at an offset of a leaf's text is written.
Inside = Callable[[Scalar, int], Location]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The rendered tree; leaves in `broken` have a finding and no value."""

    root: Section
    broken: frozenset[Path]
    findings: tuple[Finding, ...]


def _at_its_start(leaf: Scalar, _offset: int) -> Location:
    return leaf.location


def render(root: Section, inside: Inside = _at_its_start) -> Rendered:
    """Evaluate every leaf of a merged manifest. Collects findings, never raises for content.

    `inside` tells findings where in a leaf the trouble is.
    """
    return _Rendering(root, inside).run()


class _Rendering:
    def __init__(self, root: Section, inside: Inside) -> None:
        self._inside = inside
        self._budget = Budget()
        self._written = 0
        self._is_exhausted = False
        self._root = root
        self._leaves = dict(scalars(root))
        self._values = plain(root)
        self._findings: list[Finding] = []
        self._broken: set[Path] = set()

    def run(self) -> Rendered:
        templates = dict(self._compiled())
        needs: dict[Path, frozenset[Path]] = {}
        for path, template in templates.items():
            try:
                needs[path] = self._needed(template)
            except ExpressionError as error:
                self._refuse(path, error)
        for path in self._ordered(needs):
            if self._broken.isdisjoint(needs[path]):
                self._evaluate(path, templates[path])
            else:
                self._broken.add(path)  # its cause has a finding already
        for path, leaf in self._leaves.items():
            if path not in self._broken and path not in templates:
                self._check_characters(path, leaf.value)
        rendered = _with_values(self._root, self._values)
        assert isinstance(rendered, Section)  # noqa: S101 - it was one
        return Rendered(rendered, frozenset(self._broken), tuple(self._findings))

    def _compiled(self) -> Iterator[tuple[Path, Template]]:
        for path, leaf in self._leaves.items():
            if not leaf.is_template:
                continue
            self._written += len(leaf.text)
            try:
                if self._written > MAXIMUM_WRITTEN:
                    raise TooMuchWorkError(
                        f"more than {MAXIMUM_WRITTEN} characters of expressions in an environment"
                    )
                template = compile_leaf(leaf.text)
                for reference in template.references:
                    self._check_reference(reference)
            except ExpressionError as error:
                self._refuse(path, error)
            else:
                yield path, template

    def _check_reference(self, reference: Reference) -> None:
        path = reference.path
        node: Node = self._root
        for index, step in enumerate(path):
            inside, found = node, find(node, (step,))
            if found is None and isinstance(inside, Section):
                raise self._unknown(inside, path[: index + 1], reference.offsets[index])
            if found is None and not isinstance(inside, Scalar):
                message = f"{dotted(path[:index])} has no '{step}'"
                raise ExpressionError(message, offset=reference.offsets[index])
            if found is None:
                return  # an index into a value: known when it is evaluated
            node = found

    def _unknown(self, inside: Section, reference: Path, offset: int) -> ExpressionError:
        word = str(reference[-1])
        where = f" in {dotted(reference[:-1])}" if len(reference) > 1 else ""
        what = "key" if where else "section"
        near = suggestion(word, inside.entries)
        listed = f"the {what}s{where} are: {_listed(inside)}"
        return ExpressionError(f"{dotted(reference)} is undefined", near or listed, offset)

    def _needed(self, template: Template) -> frozenset[Path]:
        """The leaves that a template looks at, sections and lists counting with all they hold."""
        needed: set[Path] = set()
        for reference in template.references:
            place = reference.path
            while (node := find(self._root, place)) is None:
                place = place[:-1]
            leaves = list(scalars(node, place))
            self._budget.spend(len(leaves))
            needed.update(path for path, leaf in leaves if leaf.is_template)
        return frozenset(needed)

    def _ordered(self, needs: Mapping[Path, frozenset[Path]]) -> Iterator[Path]:
        remaining = {path: set(needed) & needs.keys() for path, needed in needs.items()}
        for _ in range(MAXIMUM_CYCLES):
            try:
                yield from graphlib.TopologicalSorter(remaining).static_order()
            except graphlib.CycleError as error:
                cycle = list(dict.fromkeys(reversed(error.args[1])))
                self._refuse_cycle(cycle)
                for path in cycle:
                    remaining[path] = set()
            else:
                return
        self._broken.update(remaining)  # in so many circles that it is no use to name them all

    def _refuse_cycle(self, cycle: list[Path]) -> None:
        start = cycle.index(min(cycle, key=lambda path: self._leaves[path].location))
        turned = [*cycle[start:], *cycle[:start]]
        shown = " → ".join(_circle([dotted(path) for path in (*turned, turned[0])]))
        hint = "give one of them a value of its own"
        self._refuse(turned[0], ExpressionError(f"refers to itself: {shown}", hint), rule="cycle")
        self._broken.update(cycle)

    def _evaluate(self, path: Path, template: Template) -> None:
        assert isinstance(self._values, dict)  # noqa: S101 - the root is a section
        try:
            value = template.evaluate(self._values, self._budget)
        except ExpressionError as error:
            self._refuse(path, error)
            return
        self._check_characters(path, value)
        _store(self._values, path, value)

    def _check_characters(self, path: Path, value: Tree) -> None:
        if not isinstance(value, str):
            return
        for _, name in characters.hidden(value):
            self._refuse(
                path, ExpressionError(f"{name} is not allowed in a value"), rule="hidden-character"
            )
            return

    def _refuse(self, path: Path, error: ExpressionError, *, rule: str = "expression") -> None:
        self._broken.add(path)
        if isinstance(error, TooMuchWorkError):
            if self._is_exhausted:
                return
            self._is_exhausted = True
        self._findings.append(
            Finding(
                rule=rule,
                message=error.message,
                location=self._inside(self._leaves[path], error.offset),
                path=dotted(path),
                hint=error.hint,
            )
        )


def _circle(names: list[str]) -> list[str]:
    left_out = len(names) - MOST_IN_CIRCLE
    return names if left_out <= 0 else [*names[:6], f"{left_out} more", *names[6 + left_out :]]


def _listed(section: Section) -> str:
    names = list(itertools.islice(section.entries, MOST_LISTED))
    more = len(section.entries) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _store(values: Any, path: Path, value: Tree) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = value


def _with_values(node: Node, values: Tree) -> Node:
    match node, values:
        case Section(entries), dict(inner):
            return replace(
                node,
                entries={
                    key: Entry(entry.location, _with_values(entry.node, inner[key]))
                    for key, entry in entries.items()
                },
            )
        case Items(items), list(inner_items):
            pairs = zip(items, inner_items, strict=True)
            return replace(node, items=tuple(_with_values(item, value) for item, value in pairs))
        case Scalar(value), _:
            assert not isinstance(values, (dict, list))  # noqa: S101 - a leaf stays a leaf
            return node if value is values else replace(node, value=values)
    raise AssertionError("a rendered tree has the shape of its source")
