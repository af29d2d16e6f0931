"""Findings about keys that have different types in two files."""

from __future__ import annotations

from catalog_platform.findings import Finding
from catalog_platform.manifest import switches
from catalog_platform.manifest.node import MappingNode, Node, Path, ScalarNode, SequenceNode, dotted
from catalog_platform.manifest.schema import schema_at

MAXIMUM_SHOWN = 60


def conflict(earlier: Node, later: Node, path: Path) -> Finding:
    """Return the finding about a change of type. It names both locations."""
    return Finding(
        rule="type-change",
        message=f"is {_shown(later)} here, but {kind(earlier)} in {earlier.location}",
        location=later.location,
        path=dotted(path),
        hint=_advice(earlier, later, path),
    )


def kind(node: Node) -> str:
    """Return the type of a node in words."""
    match node:
        case MappingNode():
            return "a section"
        case SequenceNode():
            return "a list"
        case ScalarNode(value=None):
            return "null"
        case ScalarNode(value=bool()):
            return "true or false"
        case ScalarNode(value=str()):
            return "an expression" if node.is_template else "text"
        case ScalarNode():
            return "a number"


def _shown(node: Node) -> str:
    is_short = isinstance(node, ScalarNode) and 0 < len(node.text) < MAXIMUM_SHOWN
    if isinstance(node, ScalarNode) and is_short and node.value is not None:
        return f"{kind(node)} '{node.text}'"
    return kind(node)


def _advice(earlier: Node, later: Node, path: Path) -> str:
    match kind(earlier), kind(later):
        case "a section", "null":
            return "write keys below it, or leave the section out"
        case "a list", "text" | "a number" | "true or false":
            assert isinstance(later, ScalarNode)  # noqa: S101 - by kind
            is_short = len(later.text) < MAXIMUM_SHOWN
            return f"write a list: [{later.text}]" if is_short else "write a list"
        case "a number", "text":
            return "write a number, without quotes"
        case "true or false", "text":
            return "write true or false, without quotes"
        case "text", "true or false":
            assert isinstance(later, ScalarNode)  # noqa: S101 - by kind
            return switches.advice(later.value, schema_at(path) or {})
    return ""
