"""Articles, their cached copies, and the freshness of those copies. Pure.

In the cache, an article is two hashes, `stock:{<sku>}` (warehouse -> quantity) and
`product:{<sku>}` (name of a fact -> JSON). Their values end in a version of two numbers:
`<value>:<number>.<number>`. The processor writes single fields, so that a hash that was evicted and
written again is incomplete. The field `*`, which is not a valid name of a warehouse or fact, has
the time (milliseconds since 1970) at which the hash was complete; eviction removes it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import msgspec

COMPLETE = "*"
_VALUE = re.compile(r"(.*):([0-9]{1,20})\.([0-9]{1,128})", re.ASCII | re.DOTALL)
_QUANTITY = re.compile(r"-?[0-9]{1,19}", re.ASCII)


class Version(NamedTuple):
    """The version of a value; of two values of one field, the one with the greater version wins.

    `revision` is approximately the time of the change, in microseconds since 1970-01-01 UTC.
    """

    revision: int
    sequence_number: int = 0


class Level(NamedTuple):
    """The quantity in a warehouse; negative when more pieces left than were counted."""

    warehouse: str
    quantity: int
    version: Version


class Fact(NamedTuple):
    """A property of an article: `price`, `description` or `discontinued`; `value` is JSON."""

    name: str
    value: str
    version: Version


class Article(NamedTuple):
    """Stock and facts of an article; empty when the article is unknown."""

    levels: tuple[Level, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def known(self) -> bool:
        """Return whether the article exists."""
        return bool(self.levels or self.facts)


class Trust(Enum):
    """The freshness of a cached article."""

    NONE = "none"
    STALE = "stale"
    FRESH = "fresh"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How many seconds a copy is fresh: of a known and of an unknown article."""

    stock_seconds: float
    unknown_seconds: float

    def trust(self, cached: Cached, now_ms: int) -> Trust:
        """Return whether to serve a copy, to serve it while it is refreshed, or not to serve it."""
        if cached.complete_at_ms is None:
            return Trust.NONE
        age = (now_ms - cached.complete_at_ms) / 1000
        if not cached.article.known:
            return Trust.FRESH if age < self.unknown_seconds else Trust.NONE
        return Trust.FRESH if age < self.stock_seconds else Trust.STALE


@dataclass(frozen=True, slots=True)
class Cached:
    """A cached article; incomplete when `complete_at_ms` is None."""

    article: Article
    complete_at_ms: int | None

    @classmethod
    def read(cls, stock: Mapping[str, str], product: Mapping[str, str]) -> Cached:
        """Parse the fields of the two hashes; an invalid value makes the article incomplete."""
        levels = [_level(name, value) for name, value in stock.items() if name != COMPLETE]
        facts = [_fact(name, value) for name, value in product.items() if name != COMPLETE]
        article = Article(tuple(sorted(filter(None, levels))), tuple(sorted(filter(None, facts))))
        times = [_marker(stock), _marker(product)]
        if None in (*levels, *facts, *times):
            return cls(article, None)
        return cls(article, min(time for time in times if time is not None))


NOT_CACHED = Cached(Article(), None)


def _level(warehouse: str, text: str) -> Level | None:
    found = _VALUE.fullmatch(text)
    if found is None or not _QUANTITY.fullmatch(found[1]):
        return None
    return Level(warehouse, int(found[1]), Version(int(found[2]), int(found[3])))


def _fact(name: str, text: str) -> Fact | None:
    found = _VALUE.fullmatch(text)
    if found is None or not _is_json(found[1]):
        return None
    return Fact(name, found[1], Version(int(found[2]), int(found[3])))


def _is_json(text: str) -> bool:
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True


def _marker(fields: Mapping[str, str]) -> int | None:
    text = fields.get(COMPLETE, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None
