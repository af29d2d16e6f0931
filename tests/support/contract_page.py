"""Writes the generated tables of `docs/events.md` from the contract's types and refusals.

Each stands between two comments, `<!-- generated: NAME -->` and `<!-- end: NAME -->`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from inventory_processor.contract import json_schema
from inventory_processor.refusals import EXPLANATIONS

Node = Mapping[str, Any]
COMMON = ("version", "type", "event_id", "sku", "occurred_at")
# A pattern without words here fails the test: readers of the page do not read patterns.
WORDS = {
    "^[A-Za-z0-9._-]+$": "of `A-Z a-z 0-9 . _ -`",
    "^[!-~]+$": "of ASCII, `!` to `~`",
    "^[A-Z]{3}$": "three letters `A-Z`",
    "^[^\\x00]*$": "without NUL",
}


def tables() -> dict[str, str]:
    """The content of each section."""
    types = _types()
    common = next(iter(types.values()))["properties"]
    every = [f"| `{name}` | {_value(common[name])} | {_means(common[name])} |" for name in COMMON]
    every[1] = "| `type` | one of the types below | What the event is about. |"
    kinds = [f"| `{name}` | {node['description']} |" for name, node in types.items()]
    further = [
        f"| `{kind}` | `{name}` | {_value(node)}{_optional(found, name)} | {_means(node)} |"
        for kind, found in types.items()
        for name, node in found["properties"].items()
        if name != "type" and (name not in COMMON or node != common[name])
    ]
    reasons = [f"| `{reason}` | {text} |" for reason, text in EXPLANATIONS.items()]
    return {
        "every event": _table("| field | value | means |", every),
        "types": _table("| `type` | means |", kinds),
        "fields": _table("| `type` | further field | value | means |", further),
        "refusals": _table("| reason | when |", reasons),
    }


def written(page: str) -> str:
    """The page with all sections as they ought to be. Raises `KeyError` when one is missing."""
    for name, table in tables().items():
        section = re.compile(f"(<!-- generated: {name} -->\n).*?(<!-- end: {name} -->)", re.DOTALL)
        page, count = section.subn(lambda found, text=table: found[1] + text + found[2], page)  # type: ignore[misc]
        if count != 1:
            raise KeyError(f"docs/events.md has {count} sections {name!r}")
    return page


def _types() -> dict[str, Node]:
    schema = json_schema()
    references = schema["discriminator"]["mapping"]
    return {
        name: schema["$defs"][reference.rpartition("/")[2]]
        for name, reference in references.items()
    }


def _table(head: str, rows: list[str]) -> str:
    line = re.sub(r"[^|]+", "---", head)
    return "\n".join([head, line, *rows, ""])


def _means(node: Node) -> str:
    return str(node.get("description", ""))


def _optional(found: Node, name: str) -> str:
    if name in found["required"]:
        return ""
    default = found["properties"][name]["default"]
    return f"; optional, otherwise `{str(default).lower()}`"


def _value(node: Node) -> str:
    return "; ".join(_parts(node))


def _parts(node: Node) -> Iterator[str]:
    if "enum" in node:
        yield " or ".join(f"`{value}`" for value in node["enum"])
    elif "anyOf" in node:
        yield ", or ".join(_value(each) for each in node["anyOf"])
    elif node["type"] == "integer":
        yield f"whole number, {node['minimum']:,} to {node['maximum']:,}"
    elif node["type"] == "object":
        yield f"object with at most {node['maxProperties']} fields"
        yield f"names: {_value({'type': 'string', **node['propertyNames']})}"
        yield f"values: {_value(node['additionalProperties'])}"
    elif node["type"] == "string":
        yield _text(node)
    else:
        yield f"`{node['type']}`"


def _text(node: Node) -> str:
    if node.get("format") == "date-time":
        return "text: date and time of RFC 3339 with `Z` or an offset"
    words = [WORDS[node["pattern"]]] if "pattern" in node else []
    if "maxLength" in node:
        words.insert(0, f"text, {node.get('minLength', 0)} to {node['maxLength']:,} characters")
    return " ".join(words)
