"""Formats golden files for review: compact JSON, and differences between two values."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterator
from typing import Any

WIDTH = 100


def compact(value: Any, indent: int = 0) -> str:
    """Return JSON with sorted keys; a value that fits into `WIDTH` columns is on one line."""
    line = json.dumps(value, sort_keys=True, ensure_ascii=False)
    if len(line) + indent <= WIDTH or not value or not isinstance(value, dict | list):
        return line
    space = " " * (indent + 1)
    if isinstance(value, list):
        return _lines("[]", indent, [space + compact(each, indent + 1) for each in value])
    return _lines(
        "{}",
        indent,
        [f"{space}{json.dumps(key)}: {compact(value[key], indent + 1)}" for key in sorted(value)],
    )


def _lines(brackets: str, indent: int, parts: list[str]) -> str:
    return brackets[0] + "\n" + ",\n".join(parts) + "\n" + " " * indent + brackets[1]


def differences(base: Any, other: Any) -> str:
    """Return the differences of `other` from `base` as lines; empty when they are equal.

    `- path` is only in `base`; `+ path: value` only in `other`; `~ path: old → new` has changed.
    The index of a removed or changed list element refers to `base`, that of an added one to
    `other`. Two different values have different differences from any `base`.
    """
    return "".join(f"{line}\n" for line in _differences("", base, other))


def added_resources(text: str) -> Iterator[dict[str, Any]]:
    """Yield the resources of a template that are missing in the base of its `differences`."""
    for found in re.finditer(r"^\+ Resources\.\w+: ", text, re.MULTILINE):
        yield json.JSONDecoder().raw_decode(text, found.end())[0]


def _differences(path: str, base: Any, other: Any) -> Iterator[str]:
    if isinstance(base, dict) and isinstance(other, dict):
        for key in sorted({*base, *other}):
            inner = f"{path}.{_key(key)}" if path else _key(key)
            if key not in other:
                yield f"- {inner}"
            elif key not in base:
                yield f"+ {inner}: {compact(other[key])}"
            else:
                yield from _differences(inner, base[key], other[key])
    elif isinstance(base, list) and isinstance(other, list):
        yield from _in_lists(path, base, other)
    elif _text(base) != _text(other):
        yield f"~ {path}: {compact(base)} → {compact(other)}"


def _in_lists(path: str, base: list[Any], other: list[Any]) -> Iterator[str]:
    old, new = [_text(each) for each in base], [_text(each) for each in other]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            continue
        pairs = min(end - start, last - first)
        for offset in range(pairs):
            inner = f"{path}[{start + offset}]"
            yield from _differences(inner, base[start + offset], other[first + offset])
        for index in range(start + pairs, end):
            yield f"- {path}[{index}]"
        for index in range(first + pairs, last):
            yield f"+ {path}[{index}]: {compact(other[index])}"


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w:]+", key, re.ASCII) else json.dumps(key)
