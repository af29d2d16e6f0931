"""What is known of an article, and how far a cached copy of it can be believed. Pure.

In the cache, an article is two hashes, `stock:{<sku>}` (warehouse -> quantity) and
`product:{<sku>}` (name of a fact -> JSON), whose values end in a version, two numbers:
`<value>:<number>.<number>`. Whoever applies updates writes single fields. A hash that was evicted
and written to again holds some of them only.
The field `*`, which is no warehouse's and no fact's name, says that at a time (milliseconds since
1970) the hash held all of them; it goes with the hash when that is evicted.
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
    """Of two values of one field, the one with the greater version is the later one.

    `revision` is about the time of the change, in microseconds since 1970-01-01 UTC.
    """

    revision: int
    sequence_number: int = 0


class Level(NamedTuple):
    """So many pieces are in a warehouse; below zero when more left than was known of."""

    warehouse: str
    quantity: int
    version: Version


class Fact(NamedTuple):
    """What holds for the article: `price`, `description`, `discontinued`; `value` is JSON."""

    name: str
    value: str
    version: Version


class Article(NamedTuple):
    """All that is known of an article; nothing at all when it is not known."""

    levels: tuple[Level, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is such an article."""
        return bool(self.levels or self.facts)


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
        if not cached.article.known:
            return Trust.FRESH if age < self.unknown_seconds else Trust.NONE
        return Trust.FRESH if age < self.stock_seconds else Trust.STALE


@dataclass(frozen=True, slots=True)
class Cached:
    """An article as the cache holds it; never complete when `complete_at_ms` is None."""

    article: Article
    complete_at_ms: int | None

    @classmethod
    def read(cls, stock: Mapping[str, str], product: Mapping[str, str]) -> Cached:
        """From the fields of the two hashes; a value that is not ours makes it incomplete."""
        levels = [_level(name, value) for name, value in stock.items() if name != COMPLETE]
        facts = [_fact(name, value) for name, value in product.items() if name != COMPLETE]
        ours = [level for level in levels if level], [fact for fact in facts if fact]
        article = Article(tuple(sorted(ours[0])), tuple(sorted(ours[1])))
        times = [_marker(stock), _marker(product)]
        if None in (*levels, *facts, *times):
            return cls(article, None)
        return cls(article, min(time for time in times if time is not None))


NOT_HELD = Cached(Article(), None)


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
