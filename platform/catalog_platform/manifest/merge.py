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
    MappingEntry,
    MappingNode,
    Node,
    Path,
    SequenceNode,
    dotted,
    find,
    replace_node,
)

Overrides = Mapping[Path, tuple[str, Location]]
Strategy = Callable[[Node, Node, Path, "_MergeState"], Node]


@dataclass(frozen=True, slots=True)
class Layer:
    """One file: its settings, and the strategies that it overrides, with their locations."""

    root: MappingNode
    overrides: Overrides = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _MergeState:
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
                merged = replace_node(merged, path, find(first.root, path))
        merged = merge_mappings(merged, layer.root, (), _MergeState(layer.overrides, findings))
    assert isinstance(merged, MappingNode)  # noqa: S101 - merging keeps the type
    return merged, tuple(findings)


def merge_mappings(earlier: Node, later: Node, path: Path, state: _MergeState) -> Node:
    """Merge two sections key by key, in the order of the earlier one; new keys come last."""
    assert isinstance(earlier, MappingNode)  # noqa: S101 - by STRATEGIES
    assert isinstance(later, MappingNode)  # noqa: S101 - by STRATEGIES
    entries = dict(earlier.entries)
    for key, entry in later.entries.items():
        node = entry.node
        if key in earlier.entries:
            node = _combine(earlier.entries[key].node, node, (*path, key), state)
        entries[key] = MappingEntry(entry.location, node)
    return MappingNode(entries, later.location)


def replace(_earlier: Node, later: Node, _path: Path, _state: _MergeState) -> Node:
    """Return the later value."""
    return later


def append(earlier: Node, later: Node, _path: Path, _state: _MergeState) -> Node:
    """Return the elements of the earlier list, then those of the later one."""
    assert isinstance(earlier, SequenceNode)  # noqa: S101 - by _misused
    assert isinstance(later, SequenceNode)  # noqa: S101 - by _misused
    return SequenceNode((*earlier.items, *later.items), later.location)


def refuse(earlier: Node, later: Node, path: Path, state: _MergeState) -> Node:
    """Report the change of type, and keep the earlier value."""
    state.findings.append(conflict(earlier, later, path))
    return earlier


VALUES = ("text", "a number", "true or false")
STRATEGIES: Mapping[tuple[str, str], Strategy] = {
    ("a section", "a section"): merge_mappings,
    ("a list", "a list"): replace,
    **{(value, value): replace for value in VALUES},
    **{("null", later): replace for later in ("a section", "a list", *VALUES)},
    **{(earlier, "null"): replace for earlier in (*VALUES, "null")},
    **{(earlier, "an expression"): replace for earlier in (*VALUES, "null", "an expression")},
    **{("an expression", later): replace for later in (*VALUES, "null")},
}
RESULTS: Mapping[Strategy, str] = {
    merge_mappings: "merged key by key, in the order of the earlier file; new keys come last",
    replace: "the later value replaces the earlier one",
    refuse: "an error that names both lines",
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


def _combine(earlier: Node, later: Node, path: Path, state: _MergeState) -> Node:
    pair = (kind(earlier), kind(later))
    override = state.overrides.get(path, ("", None))[0]
    strategy = STRATEGIES.get(pair, refuse)
    if override == "append" and pair == ("a list", "a list"):
        strategy = append
    return strategy(earlier, later, path, state)


def _misused(layer: Layer, defaults: MappingNode, earlier: Node) -> Iterator[Finding]:
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
        elif strategy in RESTORING and find(earlier, path) is find(defaults, path):
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
    rows = [(*pair, RESULTS[strategy]) for pair, strategy in STRATEGIES.items()]
    return [*rows, ("anything", "any other type", RESULTS[refuse])]


def paths(node: Node, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value; a list counts as one value."""
    if isinstance(node, MappingNode):
        for key, entry in node.entries.items():
            yield from paths(entry.node, (*path, key))
    else:
        yield path
