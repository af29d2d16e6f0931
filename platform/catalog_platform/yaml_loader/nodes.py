"""What a YAML document is made of: values that know the line they were written on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_platform.findings import Location

Value = str | int | float | bool | None
Tree = Value | list["Tree"] | dict[str, "Tree"]
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `text` is what was written; `plain` tells that it was written without quotes."""

    value: Value
    text: str
    plain: bool
    location: Location

    @property
    def is_template(self) -> bool:
        """Whether a Jinja expression was written here; true after rendering, too."""
        return any(mark in self.text for mark in ("{{", "{%", "{#"))


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    location: Location


@dataclass(frozen=True, slots=True)
class Entry:
    """A key's place, and what it is set to."""

    location: Location
    node: Node


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping; the keys keep their order and their places."""

    entries: Mapping[str, Entry]
    location: Location


Node = Scalar | Items | Section


def dotted(path: Path) -> str:
    """`("tags", "a", 0)` as people write it: `tags.a[0]`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def plain(node: Node) -> Tree:
    """The bare values, as JSON would have them."""
    match node:
        case Scalar(value):
            return value
        case Items(items):
            return [plain(item) for item in items]
        case Section(entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


def size(node: Node) -> int:
    """How many values a node holds, itself among them."""
    match node:
        case Items(items):
            return 1 + sum(map(size, items))
        case Section(entries):
            return 1 + sum(1 + size(entry.node) for entry in entries.values())
    return 1
