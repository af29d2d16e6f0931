"""The nodes of a YAML document, with their source locations, and limits of their number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_platform.findings import Location

Value = str | int | float | bool | None
Tree = Value | list["Tree"] | dict[str, "Tree"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Limits:
    """Maximum sizes of a document; texts and keys are measured in characters."""

    depth: int = 12
    values: int = 2_000
    text: int = 4096
    key: int = 64
    aliases: int = 0


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One value. `text` is its source text; `plain` is true if it is unquoted."""

    value: Value
    text: str
    plain: bool
    location: Location

    @property
    def is_template(self) -> bool:
        """Return whether the source text contains Jinja syntax; also true after rendering."""
        return any(mark in self.text for mark in ("{{", "{%", "{#"))


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class MappingEntry:
    """The location of a key, and its value."""

    location: Location
    node: Node


@dataclass(frozen=True, slots=True)
class MappingNode:
    """A mapping with its keys in source order."""

    entries: Mapping[str, MappingEntry]
    location: Location


Node = ScalarNode | SequenceNode | MappingNode


def dotted(path: Path) -> str:
    """Return a path in dotted notation: `tags.a[0]` for `("tags", "a", 0)`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def plain(node: Node) -> Tree:
    """Return the values as plain Python data, as in JSON."""
    match node:
        case ScalarNode(value):
            return value
        case SequenceNode(items):
            return [plain(item) for item in items]
        case MappingNode(entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


def size(node: Node) -> int:
    """Return the number of nodes and keys in a node, including itself."""
    match node:
        case SequenceNode(items):
            return 1 + sum(map(size, items))
        case MappingNode(entries):
            return 1 + sum(1 + size(entry.node) for entry in entries.values())
    return 1
