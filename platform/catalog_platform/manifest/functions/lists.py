"""Lists: how long they are, and single values out of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.manifest.functions.arguments import MAXIMUM_TEXT, several, words


def length(value: Any) -> int:
    """How many elements, keys or characters there are.

    >>> length(['eu-west-1a', 'eu-west-1b'])
    2
    """
    if not isinstance(value, (str, list, dict)):
        raise ValueError("length wants a list, a section or text")
    return len(value)


def first(values: Any) -> Any:
    """The first element of a list.

    >>> first(['eu-west-1a', 'eu-west-1b'])
    'eu-west-1a'
    """
    return several(values, "first")[0]


def last(values: Any) -> Any:
    """The last element of a list.

    >>> last(['eu-west-1a', 'eu-west-1b'])
    'eu-west-1b'
    """
    return several(values, "last")[-1]


def join(values: Any, separator: Any = "") -> str:
    """The texts of a list as one text.

    >>> join(['kms', 'logs'], ', ')
    'kms, logs'
    """
    if not isinstance(values, list):
        raise ValueError("join wants a list")
    size = sum(len(words(value, "join")) + len(words(separator, "join")) for value in values)
    if size > MAXIMUM_TEXT:
        raise ValueError("join would make too long a text")
    return str(separator.join(values))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "length": length,
    "first": first,
    "last": last,
    "join": join,
}
