"""Numbers: rounding, and the least and greatest of several."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from catalog_platform.manifest.functions.arguments import number, several


def whole_part(value: Any) -> int:
    """A number without its fraction.

    >>> int(7.9)
    7
    """
    return int(number(value, "int"))


def ceil(value: Any) -> int:
    """The next whole number upward.

    >>> ceil(7 / 2)
    4
    """
    return math.ceil(number(value, "ceil"))


def floor(value: Any) -> int:
    """The next whole number downward.

    >>> floor(7 / 2)
    3
    """
    return math.floor(number(value, "floor"))


def absolute(value: Any) -> int | float:
    """A number without its sign.

    >>> abs(-3)
    3
    """
    return abs(number(value, "abs"))


def clamp(value: Any, low: Any, high: Any) -> int | float:
    """A number, or the nearer of two bounds when it lies outside of them.

    >>> clamp(900, 20, 500)
    500
    """
    return max(number(low, "low"), min(number(value, "value"), number(high, "high")))


def lowest(values: Any) -> Any:
    """The least element of a list.

    >>> min([3, 1, 2])
    1
    """
    return min(several(values, "min"))


def highest(values: Any) -> Any:
    """The greatest element of a list.

    >>> max([3, 1, 2])
    3
    """
    return max(several(values, "max"))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "int": whole_part,
    "ceil": ceil,
    "floor": floor,
    "abs": absolute,
    "clamp": clamp,
    "min": lowest,
    "max": highest,
}
