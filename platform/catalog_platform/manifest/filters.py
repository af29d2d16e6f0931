"""Everything an expression may call: pure, with no more out than a small multiple of what went in.

Jinja's own filters are not used: several of them (`center`, `indent`, `format`) make texts of any
size out of a number, others look at attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

MAXIMUM_TEXT = 4096


def lower(text: str) -> str:
    """The text in small letters."""
    return _is_text(text).lower()


def upper(text: str) -> str:
    """The text in capitals."""
    return _is_text(text).upper()


def trim(text: str) -> str:
    """The text without white space around it."""
    return _is_text(text).strip()


def replace(text: str, old: str, new: str) -> str:
    """The text with every `old` replaced."""
    size = len(_is_text(text)) + text.count(_is_text(old)) * len(_is_text(new))
    if not old or size > MAXIMUM_TEXT:
        raise ValueError("replace would make too long a text")
    return text.replace(old, new)


def length(value: Any) -> int:
    """How many elements, keys or characters there are."""
    return len(value)


def join(values: list[Any], separator: str = "") -> str:
    """The elements of a list as one text."""
    if isinstance(values, str):
        raise ValueError("join wants a list")
    size = sum(len(_is_text(value)) + len(_is_text(separator)) for value in values)
    if size > MAXIMUM_TEXT:
        raise ValueError("join would make too long a text")
    return separator.join(values)


def first(values: Any) -> Any:
    """The first element of a list."""
    return values[0]


def last(values: Any) -> Any:
    """The last element of a list."""
    return values[-1]


def lowest(values: Any) -> Any:
    """The least element of a list."""
    return min(values)


def highest(values: Any) -> Any:
    """The greatest element of a list."""
    return max(values)


def whole(value: float) -> int:
    """A number without its fraction."""
    if type(value) not in (int, float):
        raise ValueError("int wants a number")
    return int(value)


def text(value: Any) -> str:
    """A number or truth value as text, the way YAML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, (str, int, float)):
        raise ValueError("string wants a single value")
    return str(value)


def _is_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("it wants text")
    return value


FILTERS: Mapping[str, Callable[..., Any]] = {
    "lower": lower,
    "upper": upper,
    "trim": trim,
    "replace": replace,
    "length": length,
    "join": join,
    "first": first,
    "last": last,
    "min": lowest,
    "max": highest,
    "int": whole,
    "string": text,
}
