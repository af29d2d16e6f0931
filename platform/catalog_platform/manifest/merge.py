"""Layers of settings become one: what the environment says wins over what it builds on.

How two nodes become one depends on what they are: `STRATEGIES` is the whole of it. A file may ask
for something else for single keys: `OVERRIDES`. docs/merging.md is made of these tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.conflicts import conflict, kind
from catalog_platform.manifest.node import Entry, Items, Node, Path, Section, dotted, find, put

Problems = list[Finding]
Asked = Mapping[Path, tuple[str, Location]]
Combined = Callable[[Node, Node, Path, "_Merging"], Node]


@dataclass(frozen=True, slots=True)
class Layer:
    """One file: its settings, and the strategies that it asks for, with their places."""

    root: Section
    overrides: Asked = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Merging:
    overrides: Asked
    problems: Problems


def merge(*layers: Layer | Section) -> tuple[Section, tuple[Finding, ...]]:
    """The layers on top of each other, and a finding for each change of type (the lower stays).

    Every node keeps the place where it was written. The first layer holds the defaults, to which
    `unset` and `replace` return.
    """
    first, *others = (each if isinstance(each, Layer) else Layer(each) for each in layers)
    merged: Node = first.root
    problems: Problems = []
    for layer in others:
        problems += _misused(layer, first.root, merged)
        for path, (strategy, _) in layer.overrides.items():
            if strategy in RETURNING and find(merged, path):
                merged = put(merged, path, find(first.root, path))
        merged = deep(merged, layer.root, (), _Merging(layer.overrides, problems))
    assert isinstance(merged, Section)  # noqa: S101 - deep returns what it was given
    return merged, tuple(problems)


def deep(below: Node, above: Node, path: Path, merging: _Merging) -> Node:
    """key by key, in the order of the lower layer; new keys come at the end"""
    assert isinstance(below, Section)  # noqa: S101 - by STRATEGIES
    assert isinstance(above, Section)  # noqa: S101 - by STRATEGIES
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        node = entry.node
        if key in below.entries:
            node = _combine(below.entries[key].node, node, (*path, key), merging)
        entries[key] = Entry(entry.location, node)
    return Section(entries, above.location)


def replace(_below: Node, above: Node, _path: Path, _merging: _Merging) -> Node:
    """the upper layer's stands, whole"""
    return above


def append(below: Node, above: Node, _path: Path, _merging: _Merging) -> Node:
    """the elements of the lower layers, then those of this one"""
    assert isinstance(below, Items)  # noqa: S101 - by _misused
    assert isinstance(above, Items)  # noqa: S101 - by _misused
    return Items((*below.items, *above.items), above.location)


def refuse(below: Node, above: Node, path: Path, merging: _Merging) -> Node:
    """a finding that names both lines"""
    merging.problems.append(conflict(below, above, path))
    return below


VALUES = ("text", "a number", "true or false")
STRATEGIES: Mapping[tuple[str, str], Combined] = {
    ("a section", "a section"): deep,
    ("a list", "a list"): replace,
    **{(value, value): replace for value in VALUES},
    **{("null", above): replace for above in ("a section", "a list", *VALUES)},
    **{(below, "null"): replace for below in (*VALUES, "null")},
    **{(below, "an expression"): replace for below in (*VALUES, "null", "an expression")},
    **{("an expression", above): replace for above in (*VALUES, "null")},
}
OVERRIDES: Mapping[str, tuple[str, str]] = {
    "append": ("a list", "adds this file's elements to those of the files below"),
    "replace": (
        "a section",
        "forgets what the extended files say about it: this file's keys count, and the defaults",
    ),
    "unset": ("any key", "forgets what the extended files say about it: the default counts again"),
}
RETURNING = ("replace", "unset")


def _combine(below: Node, above: Node, path: Path, merging: _Merging) -> Node:
    pair = (kind(below), kind(above))
    asked = merging.overrides.get(path, ("", None))[0]
    strategy = STRATEGIES.get(pair, refuse)
    if asked == "append" and pair == ("a list", "a list"):
        strategy = append
    return strategy(below, above, path, merging)


def _misused(layer: Layer, defaults: Section, below: Node) -> Iterator[Finding]:
    """Overrides that do nothing, or cannot do what they are there for."""
    for path, (strategy, place) in layer.overrides.items():
        own = find(layer.root, path)
        message = hint = ""
        if strategy == "unset" and own is not None:
            message = f"is unset here and set in {own.location}"
            hint = "leave out one of the two lines"
        elif strategy != "unset" and own is None:
            message, hint = f"cannot {strategy} what this file does not set", f"set {dotted(path)}"
        elif strategy == "append" and own is not None and not isinstance(own, Items):
            message = f"append wants a list, this is {kind(own)}"
        elif strategy == "replace" and not isinstance(own, Section):
            message, hint = "a list or value always replaces what is below", "leave this line out"
        elif strategy in RETURNING and find(below, path) is find(defaults, path):
            message, hint = "no file that this one extends sets it", "leave this line out"
        if message:
            yield Finding(
                rule="merge-strategy", message=message, location=place, path=dotted(path), hint=hint
            )


def table() -> Sequence[tuple[str, str, str]]:
    """Below, above, and what becomes of them: the rows of the reference page."""
    rows = [(*pair, (strategy.__doc__ or "")) for pair, strategy in STRATEGIES.items()]
    return [*rows, ("anything", "anything else", refuse.__doc__ or "")]


def paths(node: Node, path: Path = ()) -> Iterator[Path]:
    """The path of every key that sets something, sections and the insides of lists left out."""
    if isinstance(node, Section):
        for key, entry in node.entries.items():
            yield from paths(entry.node, (*path, key))
    else:
        yield path
