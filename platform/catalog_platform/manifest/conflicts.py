"""Findings about keys that have different types in two files."""

from __future__ import annotations

import re

from catalog_platform.findings import Finding
from catalog_platform.manifest import switches
from catalog_platform.manifest.documentation import accepts
from catalog_platform.manifest.node import MappingNode, Node, Path, ScalarNode, SequenceNode, dotted
from catalog_platform.manifest.schema import Schema, schema_at
from catalog_platform.manifest.schema_errors import NUMBER

MAXIMUM_SHOWN = 60
UNSPACED = re.compile(r"[a-z_]+:[^ ]")


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
    """Return the likely fix, and what the key accepts."""
    schema = schema_at(path) or {}
    valid = f"it accepts: {accepts(schema)}" if schema else ""
    return "; ".join(filter(None, (_fix(earlier, later, schema), valid)))


def _fix(earlier: Node, later: Node, schema: Schema) -> str:
    match kind(earlier), later:
        case "a section", ScalarNode(value=None):
            return "write keys below it, or leave the section out"
        case "a section", ScalarNode(value=str() as text) if UNSPACED.match(text):
            return "write a space after the colon"
        case "a list", ScalarNode(text=text):
            return f"write a list: [{text}]" if len(text) < MAXIMUM_SHOWN else "write a list"
        case "a number", ScalarNode(value=str()):
            return NUMBER
        case "true or false", ScalarNode(value=str()):
            return "write true or false, without quotes"
        case "text", ScalarNode(value=bool() as value):
            return switches.advice(value, schema)
    return ""
