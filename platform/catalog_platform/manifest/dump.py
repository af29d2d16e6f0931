"""Output of resolved manifests as YAML that every YAML parser reads the same way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from catalog_platform.manifest.node import MappingNode, Node, ScalarNode, SequenceNode, Tree, Value
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.yaml_loader import scalars

# Only words that YAML 1.1 and 1.2 both read as this text are left unquoted.
WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
YAML_1_1_WORDS = frozenset({"y", "n", "yes", "no", "on", "off"})


def to_yaml(resolved: Resolved, *, origins: bool = False) -> str:
    """Return the whole environment as YAML; `origins` adds a comment to every value.

    The comment has file, line and column of the effective value, and its expression if any.
    """
    lines = list(_section(resolved.root, 0))
    if not origins:
        return "".join(f"{line}\n" for line, _ in lines)
    width = max((len(line) for line, node in lines if node), default=0)
    return "".join(
        f"{line:<{width}}  # {_origin(node)}\n" if node else f"{line}\n" for line, node in lines
    )


def document(root: MappingNode) -> str:
    """Return a file with the same values, expressions included, without its comments."""
    return "".join(f"{line}\n" for line, _ in _section(root, 0)) or "{}\n"


def _origin(node: Node) -> str:
    if isinstance(node, ScalarNode) and node.is_template:
        return f"{node.location}  {' '.join(node.text.split())}"
    return str(node.location)


Line = tuple[str, Node | None]


def _section(section: MappingNode, depth: int) -> Iterator[Line]:
    for key, entry in section.entries.items():
        yield from _node(f"{'  ' * depth}{scalar(key)}:", entry.node, depth + 1)


def _node(head: str, node: Node, depth: int) -> Iterator[Line]:
    match node:
        case ScalarNode(value):
            yield f"{head} {scalar(value)}", node
        case MappingNode(entries) if entries:
            yield head, None
            yield from _section(node, depth)
        case SequenceNode(items) if items:
            yield head, None
            for item in items:
                yield from _node(f"{'  ' * depth}-", item, depth + 1)
        case MappingNode():
            yield f"{head} {{}}", node
        case SequenceNode():
            yield f"{head} []", node


def scalar(value: Value) -> str:
    """Return one value as YAML that YAML 1.1 and 1.2 parsers read the same way."""
    if not isinstance(value, str):
        return json.dumps(value)
    is_plain = WORD.fullmatch(value) and value.lower() not in YAML_1_1_WORDS
    if is_plain and isinstance(scalars.read(value), str):
        return value
    return json.dumps(value, ensure_ascii=False)


def inline(value: Tree) -> str:
    """Return any value as YAML on one line."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{scalar(key)}: {inline(each)}" for key, each in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(inline(each) for each in value) + "]"
    return scalar(value)
