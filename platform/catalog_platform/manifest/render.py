"""Evaluation of all expressions of an environment, in the order of their dependencies.

A leaf's references are read from its syntax tree. Unknown names are therefore found even in
branches that are not evaluated, and the order is known before any evaluation.
"""

from __future__ import annotations

import graphlib
import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from catalog_platform.findings import Finding, Location, suggestion
from catalog_platform.manifest.expression import (
    ExpressionError,
    Reference,
    Template,
    TooMuchWorkError,
    WorkBudget,
    compile_leaf,
)
from catalog_platform.manifest.node import (
    MappingEntry,
    MappingNode,
    Node,
    Path,
    ScalarNode,
    SequenceNode,
    Tree,
    dotted,
    find,
    plain,
    scalars,
)
from catalog_platform.yaml_loader import characters

MAXIMUM_CYCLES = 10
MAXIMUM_LISTED = 40
MAXIMUM_SHOWN_CYCLE = 12
MAXIMUM_WRITTEN = 64 * 1024  # characters of all expressions together

# Returns the location of the character at an offset of a leaf's text.
Inside = Callable[[ScalarNode, int], Location]


@dataclass(frozen=True, slots=True)
class Rendered:
    """The tree after evaluation; leaves in `broken` have no value because of a finding."""

    root: MappingNode
    broken: frozenset[Path]
    findings: tuple[Finding, ...]


def _at_its_start(leaf: ScalarNode, _offset: int) -> Location:
    return leaf.location


def render(root: MappingNode, inside: Inside = _at_its_start) -> Rendered:
    """Evaluate every leaf of a merged manifest. Errors become findings.

    `inside` locates errors inside a leaf.
    """
    return _Rendering(root, inside).run()


class _Rendering:
    def __init__(self, root: MappingNode, inside: Inside) -> None:
        self._inside = inside
        self._budget = WorkBudget()
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
                self._broken.add(path)  # the leaf it depends on has a finding
        for path, leaf in self._leaves.items():
            if path not in self._broken and path not in templates:
                self._check_characters(path, leaf.value)
        rendered = _with_values(self._root, self._values)
        assert isinstance(rendered, MappingNode)  # noqa: S101 - it was one
        return Rendered(rendered, frozenset(self._broken), tuple(self._findings))

    def _compiled(self) -> Iterator[tuple[Path, Template]]:
        for path, leaf in self._leaves.items():
            if not leaf.is_template:
                continue
            self._written += len(leaf.text)
            try:
                if self._written > MAXIMUM_WRITTEN:
                    raise TooMuchWorkError(
                        f"all expressions together can have at most {MAXIMUM_WRITTEN} characters"
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
            if found is None and isinstance(inside, MappingNode):
                raise self._unknown(inside, path[: index + 1], reference.offsets[index])
            if found is None and not isinstance(inside, ScalarNode):
                message = f"{dotted(path[:index])} has no '{step}'"
                raise ExpressionError(message, offset=reference.offsets[index])
            if found is None:
                return  # an index into a scalar is checked at evaluation
            node = found

    def _unknown(self, inside: MappingNode, reference: Path, offset: int) -> ExpressionError:
        word = str(reference[-1])
        where = f" in {dotted(reference[:-1])}" if len(reference) > 1 else ""
        what = "key" if where else "section"
        near = suggestion(word, inside.entries)
        listed = f"{what}s{where}: {_listed(inside)}"
        return ExpressionError(f"{dotted(reference)} is undefined", near or listed, offset)

    def _needed(self, template: Template) -> frozenset[Path]:
        """Return the leaves that a template depends on; a section or list stands for its leaves."""
        needed: set[Path] = set()
        for reference in template.references:
            prefix = reference.path
            while (node := find(self._root, prefix)) is None:
                prefix = prefix[:-1]
            leaves = list(scalars(node, prefix))
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
        self._broken.update(remaining)  # too many cycles to report each

    def _refuse_cycle(self, cycle: list[Path]) -> None:
        start = cycle.index(min(cycle, key=lambda path: self._leaves[path].location))
        turned = [*cycle[start:], *cycle[:start]]
        shown = " → ".join(_shortened([dotted(path) for path in (*turned, turned[0])]))
        hint = "set one of these keys to a literal value"
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
        for _, name in characters.hidden_characters(value):
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


def _shortened(names: list[str]) -> list[str]:
    left_out = len(names) - MAXIMUM_SHOWN_CYCLE
    return names if left_out <= 0 else [*names[:6], f"{left_out} more", *names[6 + left_out :]]


def _listed(section: MappingNode) -> str:
    names = list(itertools.islice(section.entries, MAXIMUM_LISTED))
    more = len(section.entries) - len(names)
    return ", ".join(names) + (f" and {more} more" if more else "")


def _store(values: Any, path: Path, value: Tree) -> None:
    for step in path[:-1]:
        values = values[step]
    values[path[-1]] = value


def _with_values(node: Node, values: Tree) -> Node:
    match node, values:
        case MappingNode(entries), dict(inner):
            return replace(
                node,
                entries={
                    key: MappingEntry(entry.location, _with_values(entry.node, inner[key]))
                    for key, entry in entries.items()
                },
            )
        case SequenceNode(items), list(inner_items):
            pairs = zip(items, inner_items, strict=True)
            return replace(node, items=tuple(_with_values(item, value) for item, value in pairs))
        case ScalarNode(value), _:
            assert not isinstance(values, (dict, list))  # noqa: S101 - a leaf stays a leaf
            return node if value is values else replace(node, value=values)
    raise AssertionError("rendering changes no structure")
