"""Operations on manifest trees: paths, search, and replacement of nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog_platform.findings import Location
from catalog_platform.yaml_loader.nodes import (
    MappingEntry,
    MappingNode,
    Node,
    Path,
    ScalarNode,
    SequenceNode,
    Tree,
    Value,
    dotted,
    plain,
)

__all__ = [
    "MappingEntry",
    "MappingNode",
    "Node",
    "Path",
    "ScalarNode",
    "SequenceNode",
    "Tree",
    "Value",
    "dotted",
    "find",
    "flow",
    "location_of",
    "parse_path",
    "plain",
    "replace_node",
    "scalars",
]


def parse_path(path: str) -> Path:
    """Return the steps of a dotted path such as `network.availability_zones[0]`."""
    steps: list[str | int] = []
    for word in path.replace("[", ".[").split("."):
        index = word[1:-1] if word.startswith("[") and word.endswith("]") else ""
        steps.append(int(index) if index.isascii() and index.isdigit() and len(index) < 6 else word)
    return tuple(step for step in steps if step != "")


def find(node: Node, path: Path) -> Node | None:
    """Return the node at a path, or None."""
    for step in path:
        if isinstance(node, MappingNode) and isinstance(step, str) and step in node.entries:
            node = node.entries[step].node
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def location_of(node: Node, path: Path) -> Location | None:
    """Return the location of a path's key (for a list element: of the element), or None."""
    if not path:
        return node.location
    parent = find(node, path[:-1])
    if isinstance(parent, MappingNode) and path[-1] in parent.entries:
        return parent.entries[str(path[-1])].location
    found = find(node, path)
    return found.location if found else None


def replace_node(node: Node, path: Path, inner: Node | None) -> Node:
    """Return the tree with the node at an existing path replaced, or removed if None."""
    if not path:
        return inner or node
    assert isinstance(node, MappingNode)  # noqa: S101 - the path is known to lead to a key
    key, entries = str(path[0]), dict(node.entries)
    entry = entries[key]
    if len(path) > 1:
        entries[key] = replace(entry, node=replace_node(entry.node, path[1:], inner))
    elif inner is None:
        del entries[key]
    else:
        entries[key] = MappingEntry(inner.location, inner)
    return replace(node, entries=entries)


def scalars(node: Node, path: Path = ()) -> Iterator[tuple[Path, ScalarNode]]:
    """Yield every scalar with its path, in source order."""
    match node:
        case ScalarNode():
            yield path, node
        case SequenceNode(items):
            for index, item in enumerate(items):
                yield from scalars(item, (*path, index))
        case MappingNode(entries):
            for key, entry in entries.items():
                yield from scalars(entry.node, (*path, key))


def flow(node: Node) -> str:
    """Return a node on one line, with scalars as written."""
    if isinstance(node, ScalarNode):
        return node.text if node.plain and node.text else f'"{node.text}"' if node.text else "null"
    if isinstance(node, MappingNode):
        inner = (f"{key}: {flow(entry.node)}" for key, entry in node.entries.items())
        return "{" + ", ".join(inner) + "}"
    return "[" + ", ".join(flow(item) for item in node.items) + "]"
