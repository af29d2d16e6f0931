"""Layers of settings become one: what the environment says wins over the defaults.

How two nodes become one depends on what they are; `STRATEGIES` is the whole of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from catalog_platform.findings import Finding
from catalog_platform.manifest.node import Entry, Items, Node, Path, Scalar, Section, dotted

Problems = list[Finding]
Strategy = Callable[[Node, Node, Path, Problems], Node]


def merge(base: Section, over: Section) -> tuple[Section, tuple[Finding, ...]]:
    """`over` on top of `base`, and a finding for each change of type (the base's value then stays).

    Every node keeps the place where it was written.
    """
    problems: Problems = []
    merged = deep(base, over, (), problems)
    assert isinstance(merged, Section)  # noqa: S101 - deep returns what it was given
    return merged, tuple(problems)


def deep(base: Node, over: Node, path: Path, problems: Problems) -> Node:
    """Mappings: key by key, in the base's order; a key of `over` has its place there."""
    assert isinstance(base, Section)  # noqa: S101 - by STRATEGIES
    assert isinstance(over, Section)  # noqa: S101 - by STRATEGIES
    entries = dict(base.entries)
    for key, entry in over.entries.items():
        node = entry.node
        if key in base.entries:
            node = _combine(base.entries[key].node, node, (*path, key), problems)
        entries[key] = Entry(entry.location, node)
    return Section(entries, over.location)


def replace(_base: Node, over: Node, _path: Path, _problems: Problems) -> Node:
    """Lists and values: the later layer's stands, whole."""
    return over


def conflict(base: Node, over: Node, path: Path, problems: Problems) -> Node:
    """Two layers that disagree about what a key is: a finding with both places."""
    problems.append(
        Finding(
            rule="type-change",
            message=f"{_shown(over)} here, but {kind(base)} in {base.location}",
            location=over.location,
            path=dotted(path),
            hint=_advice(base, over),
        )
    )
    return base


STRATEGIES: Mapping[tuple[str, str], Strategy] = {
    ("a section", "a section"): deep,
    ("a list", "a list"): replace,
    ("text", "text"): replace,
    ("a number", "a number"): replace,
    ("true or false", "true or false"): replace,
}
LONGEST_SHOWN = 60
VALUES = frozenset({"text", "a number", "true or false", "an expression", "null"})


def _combine(base: Node, over: Node, path: Path, problems: Problems) -> Node:
    before, after = kind(base), kind(over)
    strategy = STRATEGIES.get((before, after), conflict)
    if before == "null":
        strategy = replace  # the defaults leave it to the environment
    elif {"null", "an expression"} & {before, after} and {before, after} <= VALUES:
        strategy = replace  # what an expression gives is known, and checked, later
    return strategy(base, over, path, problems)


def kind(node: Node) -> str:
    """What a node is, in words."""
    match node:
        case Section():
            return "a section"
        case Items():
            return "a list"
        case Scalar(value=None):
            return "null"
        case Scalar(value=bool()):
            return "true or false"
        case Scalar(value=str()):
            return "an expression" if node.is_template else "text"
        case Scalar():
            return "a number"


def _shown(node: Node) -> str:
    is_short = isinstance(node, Scalar) and 0 < len(node.text) < LONGEST_SHOWN
    if isinstance(node, Scalar) and is_short and node.value is not None:
        return f"{kind(node)} '{node.text}'"
    return kind(node)


def _advice(base: Node, over: Node) -> str:
    match kind(base), kind(over):
        case "a section", "null":
            return "write keys below it, or leave the section out"
        case "a list", "text" | "a number" | "true or false":
            assert isinstance(over, Scalar)  # noqa: S101 - by kind
            return (
                f"write a list: [{over.text}]" if len(over.text) < LONGEST_SHOWN else "write a list"
            )
        case "a number", "text":
            return "write a number, without quotes"
        case "true or false", "text":
            return "write true or false, without quotes"
    return ""


def paths(node: Node, path: Path = ()) -> Iterator[Path]:
    """The path of every key that sets something, sections and the insides of lists left out."""
    if isinstance(node, Section):
        for key, entry in node.entries.items():
            yield from paths(entry.node, (*path, key))
    else:
        yield path
