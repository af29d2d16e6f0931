"""Merging of layers: values of a later file replace those of earlier ones.

`STRATEGIES` maps the types of two nodes to the function that merges them. A file can override the
strategy of single keys (`OVERRIDES`). docs/merging.md is generated from these tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.conflicts import conflict, kind
from catalog_platform.manifest.node import (
    Entry,
    MappingNode,
    Node,
    Path,
    SequenceNode,
    dotted,
    find,
    put,
)

Overrides = Mapping[Path, tuple[str, Location]]
Strategy = Callable[[Node, Node, Path, "_Merging"], Node]


@dataclass(frozen=True, slots=True)
class Layer:
    """One file: its settings, and the strategies that it overrides, with their locations."""

    root: MappingNode
    overrides: Overrides = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Merging:
    overrides: Overrides
    findings: list[Finding]


def merge(*layers: Layer | MappingNode) -> tuple[MappingNode, tuple[Finding, ...]]:
    """Return the merged layers, and findings about changes of type and misused overrides.

    On a change of type the earlier value stays. Every node keeps its location. The first layer
    holds the defaults, which `unset` and `replace` restore.
    """
    first, *others = (each if isinstance(each, Layer) else Layer(each) for each in layers)
    merged: Node = first.root
    findings: list[Finding] = []
    for layer in others:
        findings += _misused(layer, first.root, merged)
        for path, (strategy, _) in layer.overrides.items():
            if strategy in RESTORING and find(merged, path):
                merged = put(merged, path, find(first.root, path))
        merged = deep(merged, layer.root, (), _Merging(layer.overrides, findings))
    assert isinstance(merged, MappingNode)  # noqa: S101 - deep returns what it was given
    return merged, tuple(findings)


def deep(below: Node, above: Node, path: Path, merging: _Merging) -> Node:
    """merged key by key, in the order of the earlier file; new keys come last"""
    assert isinstance(below, MappingNode)  # noqa: S101 - by STRATEGIES
    assert isinstance(above, MappingNode)  # noqa: S101 - by STRATEGIES
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        node = entry.node
        if key in below.entries:
            node = _combine(below.entries[key].node, node, (*path, key), merging)
        entries[key] = Entry(entry.location, node)
    return MappingNode(entries, above.location)


def replace(_below: Node, above: Node, _path: Path, _merging: _Merging) -> Node:
    """the later value replaces the earlier one"""
    return above


def append(below: Node, above: Node, _path: Path, _merging: _Merging) -> Node:
    """the elements of the earlier files, then those of this file"""
    assert isinstance(below, SequenceNode)  # noqa: S101 - by _misused
    assert isinstance(above, SequenceNode)  # noqa: S101 - by _misused
    return SequenceNode((*below.items, *above.items), above.location)


def refuse(below: Node, above: Node, path: Path, merging: _Merging) -> Node:
    """an error that names both lines"""
    merging.findings.append(conflict(below, above, path))
    return below


VALUES = ("text", "a number", "true or false")
STRATEGIES: Mapping[tuple[str, str], Strategy] = {
    ("a section", "a section"): deep,
    ("a list", "a list"): replace,
    **{(value, value): replace for value in VALUES},
    **{("null", above): replace for above in ("a section", "a list", *VALUES)},
    **{(below, "null"): replace for below in (*VALUES, "null")},
    **{(below, "an expression"): replace for below in (*VALUES, "null", "an expression")},
    **{("an expression", above): replace for above in (*VALUES, "null")},
}
OVERRIDES: Mapping[str, tuple[str, str]] = {
    "append": ("a list", "adds this file's elements to those of earlier files"),
    "replace": (
        "a section",
        "ignores the extended files for this section: this file's keys override the defaults",
    ),
    "unset": ("any key", "ignores the extended files for this key and restores the default"),
}
RESTORING = ("replace", "unset")


def _combine(below: Node, above: Node, path: Path, merging: _Merging) -> Node:
    pair = (kind(below), kind(above))
    override = merging.overrides.get(path, ("", None))[0]
    strategy = STRATEGIES.get(pair, refuse)
    if override == "append" and pair == ("a list", "a list"):
        strategy = append
    return strategy(below, above, path, merging)


def _misused(layer: Layer, defaults: MappingNode, below: Node) -> Iterator[Finding]:
    """Yield a finding for each override that has no effect or cannot be applied."""
    for path, (strategy, location) in layer.overrides.items():
        own = find(layer.root, path)
        message = hint = ""
        if strategy == "unset" and own is not None:
            message = f"is unset here, but set in {own.location}"
            hint = "remove one of the two lines"
        elif strategy != "unset" and own is None:
            message, hint = (
                f"{strategy} needs a value, but this file sets none",
                f"set {dotted(path)}",
            )
        elif strategy == "append" and own is not None and not isinstance(own, SequenceNode):
            message = f"append needs a list, but this is {kind(own)}"
        elif strategy == "replace" and not isinstance(own, MappingNode):
            message, hint = (
                "replace is for sections; a list or value always replaces",
                "remove this line",
            )
        elif strategy in RESTORING and find(below, path) is find(defaults, path):
            message, hint = "has no effect: no extended file sets this key", "remove this line"
        if message:
            yield Finding(
                rule="merge-strategy",
                message=message,
                location=location,
                path=dotted(path),
                hint=hint,
            )


def table() -> Sequence[tuple[str, str, str]]:
    """Return the rows of the reference page: earlier type, later type, and result."""
    rows = [(*pair, (strategy.__doc__ or "")) for pair, strategy in STRATEGIES.items()]
    return [*rows, ("anything", "any other type", refuse.__doc__ or "")]


def paths(node: Node, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value; a list counts as one value."""
    if isinstance(node, MappingNode):
        for key, entry in node.entries.items():
            yield from paths(entry.node, (*path, key))
    else:
        yield path
