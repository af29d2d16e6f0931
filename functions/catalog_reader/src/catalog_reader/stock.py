"""What is in stock of an article, and how far a cached copy of it can be believed. Pure.

In the cache, an article is the hash `stock:{<sku>}`: warehouse -> `<quantity>:<time>.<sequence>`,
written by whoever applies updates. A hash that was evicted and written to again holds some of the
warehouses only. The field `*`, which is the name of no warehouse, says that at a time (milliseconds
since 1970) the hash held all of them; it goes with the hash when that is evicted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

COMPLETE = "*"
_VALUE = re.compile(r"([0-9]{1,19}):([0-9]{1,20})\.([0-9]{1,128})", re.ASCII)


class Level(NamedTuple):
    """So many pieces in a warehouse, and since when: microseconds since 1970-01-01 UTC."""

    warehouse: str
    quantity: int
    occurred_at_us: int
    sequence_number: int


Levels = tuple[Level, ...]


class Trust(Enum):
    """How far a cached article can be believed."""

    NONE = "none"
    STALE = "stale"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Freshness:
    """For how many seconds a copy counts as fresh: of an article, and of there being none."""

    stock_seconds: float
    unknown_seconds: float

    def trust(self, cached: Cached, now_ms: int) -> Trust:
        """Whether to serve it, to serve it only while it is renewed, or not at all."""
        if cached.complete_at_ms is None:
            return Trust.NONE
        age = (now_ms - cached.complete_at_ms) / 1000
        if not cached.levels:
            return Trust.FRESH if age < self.unknown_seconds else Trust.NONE
        return Trust.FRESH if age < self.stock_seconds else Trust.STALE


@dataclass(frozen=True, slots=True)
class Cached:
    """An article as the cache holds it; never complete when `complete_at_ms` is None."""

    levels: Levels
    complete_at_ms: int | None

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> Cached:
        """From the fields of a hash; one that is not ours makes it incomplete."""
        marker = fields.get(COMPLETE, "")
        complete = int(marker) if marker.isascii() and marker.isdigit() else None
        levels = []
        for warehouse, value in fields.items():
            if warehouse == COMPLETE:
                continue
            found = _VALUE.fullmatch(value)
            if found is None:
                complete = None
            else:
                levels.append(Level(warehouse, *(int(part) for part in found.groups())))
        return cls(tuple(sorted(levels)), complete)
