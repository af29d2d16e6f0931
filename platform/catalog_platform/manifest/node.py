"""What a manifest is made of: values that know the line they were written on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

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


def parse_path(path: str) -> Path:
    """The steps of a dotted path: `network.availability_zones[0]`."""
    steps: list[str | int] = []
    for word in path.replace("[", ".[").split("."):
        index = word[1:-1] if word.startswith("[") and word.endswith("]") else ""
        steps.append(int(index) if index.isascii() and index.isdigit() and len(index) < 6 else word)
    return tuple(step for step in steps if step != "")


def find(node: Node, path: Path) -> Node | None:
    """The node at a path, or None."""
    for step in path:
        if isinstance(node, Section) and isinstance(step, str) and step in node.entries:
            node = node.entries[step].node
        elif isinstance(node, Items) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def place(node: Node, path: Path) -> Location | None:
    """Where the key of a path is written (for an element of a list: the element), or None."""
    if not path:
        return node.location
    parent = find(node, path[:-1])
    if isinstance(parent, Section) and path[-1] in parent.entries:
        return parent.entries[str(path[-1])].location
    found = find(node, path)
    return found.location if found else None


def put(node: Node, path: Path, inner: Node | None) -> Node:
    """The tree with another node at the path of a key that it has, or without that key."""
    if not path:
        return inner or node
    assert isinstance(node, Section)  # noqa: S101 - the path is known to lead to a key
    key, entries = str(path[0]), dict(node.entries)
    entry = entries[key]
    if len(path) > 1:
        entries[key] = replace(entry, node=put(entry.node, path[1:], inner))
    elif inner is None:
        del entries[key]
    else:
        entries[key] = Entry(inner.location, inner)
    return replace(node, entries=entries)


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, Scalar]]:
    """Every value with its path, in the order written."""
    match node:
        case Scalar():
            yield path, node
        case Items(items):
            for index, item in enumerate(items):
                yield from scalars(item, (*path, index))
        case Section(entries):
            for key, entry in entries.items():
                yield from scalars(entry.node, (*path, key))


def plain(node: Node) -> Tree:
    """The bare values, as JSON would have them."""
    match node:
        case Scalar(value):
            return value
        case Items(items):
            return [plain(item) for item in items]
        case Section(entries):
            return {key: plain(entry.node) for key, entry in entries.items()}


def flow(node: Node) -> str:
    """A node on one line, as its author wrote the values in it."""
    if isinstance(node, Scalar):
        return node.text if node.plain and node.text else f'"{node.text}"' if node.text else "null"
    if isinstance(node, Section):
        inner = (f"{key}: {flow(entry.node)}" for key, entry in node.entries.items())
        return "{" + ", ".join(inner) + "}"
    return "[" + ", ".join(flow(item) for item in node.items) + "]"
