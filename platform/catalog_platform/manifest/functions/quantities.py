"""Conversion of sizes and durations to another unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from catalog_platform.manifest.functions.arguments import require_text

MAXIMUM_LENGTH = 40
PART = re.compile(r"\s*([0-9]{1,18}(?:\.[0-9]{1,9})?)\s*([A-Za-z]+)\s*")

SIZES: Mapping[str, int] = {
    "B": 1,
    **{f"{letter}B": 1000**power for power, letter in enumerate("kMGTP", 1)},
    **{f"{letter}iB": 1024**power for power, letter in enumerate("KMGTP", 1)},
}
DURATIONS: Mapping[str, int] = {
    **dict.fromkeys(("s", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86400),
    **dict.fromkeys(("w", "week", "weeks"), 7 * 86400),
}


def size(amount: Any, unit: Any) -> int:
    """Convert a size to B, kB, MB, GB, TB, PB (powers of 1000), or KiB, MiB, … (powers of 1024).

    A result that is not a whole number is an error; it is not rounded.

    >>> size('2 GiB', 'MiB')
    2048
    """
    return _converted(amount, unit, SIZES)


def duration(amount: Any, unit: Any) -> int:
    """Convert a duration to seconds, minutes, hours, days or weeks (or s, m, h, d, w).

    Several parts are added. A result that is not a whole number is an error; it is not rounded.

    >>> duration('1h 30m', 'seconds')
    5400
    >>> duration('2 weeks', 'hours')
    336
    """
    return _converted(amount, unit, DURATIONS)


def _converted(amount: Any, unit: Any, units: Mapping[str, int]) -> int:
    per = _unit(require_text(unit, "unit"), units)
    given = require_text(amount, "amount")
    total, position = Fraction(0), 0
    while found := PART.match(given[:MAXIMUM_LENGTH], position):
        total += Fraction(found[1]) * _unit(found[2], units)
        position = found.end()
    if not given or position != len(given):
        raise ValueError(f"'{given[:MAXIMUM_LENGTH]}' is not a number with a unit")
    result = total / per
    if result.denominator != 1:
        raise ValueError(f"'{given}' is not a whole number of {unit}")
    return result.numerator


def _unit(word: str, units: Mapping[str, int]) -> int:
    if word not in units:
        raise ValueError(f"unknown unit '{word[:MAXIMUM_LENGTH]}'; valid units: {', '.join(units)}")
    return units[word]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {"size": size, "duration": duration}
