"""Detection of the template properties in which the value of a manifest key ends up."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

# Factors between a manifest's unit and AWS's: s to ms, days to s, GiB or MiB to bytes.
UNITS = (1, 1000, 86400, 2**20, 2**30)
SHORTEST_PART = 8  # characters of a value that is recognised inside a longer text
MAXIMUM_PROPERTIES = 4


def direct_properties(
    before: Mapping[str, Any], after: Mapping[str, Any], value: object
) -> list[dict[str, Any]]:
    """Return the properties that change between two templates and show the new value.

    `before` and `after` are resources by logical id. Each result has the `property`, such as
    `RDS::DBInstance.Port`, and the `unit`: the factor between the manifest's number and AWS's.
    Only the first `MAXIMUM_PROPERTIES` by name are returned. New resources count only for a list,
    whose elements become resources: any of their numbers could equal the value by accident.
    """
    found: dict[str, int] = {}
    for name, resource in after.items():
        known = before.get(name, {})
        if not known and not isinstance(value, list):
            continue
        kind = resource["Type"].removeprefix("AWS::")
        for path, leaf in _leaves(resource.get("Properties", {})):
            if _at(known.get("Properties"), path) == leaf:
                continue
            unit = _unit(leaf, value)
            if unit is not None:
                found.setdefault(f"{kind}.{_shown(path)}", unit)
    chosen = sorted(found.items(), key=lambda each: (len(each[0]), each[0]))[:MAXIMUM_PROPERTIES]
    return [{"property": name, "unit": unit} for name, unit in sorted(chosen)]


def _leaves(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, node


def _at(node: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        if isinstance(node, dict):
            node = node.get(step)
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            return None
    return node


def _shown(path: tuple[Any, ...]) -> str:
    return ".".join("*" if isinstance(step, int) else str(step) for step in path)


def _unit(leaf: object, value: object) -> int | None:
    """Return the unit if a property's value shows the manifest's value, or None."""
    if isinstance(value, list | tuple):
        words = [each for item in value for each in _words(item)]
        return 1 if any(_unit(leaf, word) for word in words) else None
    if isinstance(value, bool) or isinstance(leaf, bool):
        return 1 if leaf is value else None
    if isinstance(value, int):
        number = int(leaf) if isinstance(leaf, str) and re.fullmatch(r"-?\d+", leaf) else leaf
        matching = (unit for unit in UNITS if number == value * unit)
        return next(matching, None) if not isinstance(number, str) else None
    text = str(value)
    if not isinstance(leaf, str):
        return None
    is_part = len(text) >= SHORTEST_PART and text in leaf
    return 1 if is_part or _same(leaf, text) else None


def _words(item: object) -> list[object]:
    return list(item.values()) if isinstance(item, dict) else [item]


def _same(leaf: str, text: str) -> bool:
    """Return whether a property equals a value, regardless of case and separators."""
    return re.sub(r"[^a-z0-9]", "", leaf.lower()) == re.sub(r"[^a-z0-9]", "", text.lower())
