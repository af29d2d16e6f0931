"""Validation of cached values: whether our functions can have written them. Pure.

Invalid values count as missing: serving them could only mislead, or fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from catalog_reader.article import COMPLETE, Cached, Level, Version
from catalog_reader.ports import CachedPage

# Limits of PostgreSQL's bigint, and of times before the year 10000 in microseconds.
MOST_PIECES = 2**63 - 1
LAST_REVISION = 253_402_300_799_999_999
# Clocks differ by less. A value with a later time would stay fresh until then.
CLOCK_SKEW_MS = 60_000


class _Price(msgspec.Struct):
    amount: int
    currency: str


class _Description(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    attributes: dict[str, bool | int | str] = {}


# The types of facts in responses; other facts are ignored.
_FACTS: dict[str, Any] = {"price": _Price, "description": _Description, "discontinued": bool}
_PAGE = msgspec.json.Decoder(CachedPage)


def are_valid(
    cached: Cached, stock: Mapping[str, str], product: Mapping[str, str], now_ms: int
) -> bool:
    """Return whether all content of the two hashes, parsed as `cached`, is valid."""
    levels, facts = cached.article
    read = len(levels) + len(facts)
    if read < sum(name != COMPLETE for fields in (stock, product) for name in fields):
        return False
    marks = [fields[COMPLETE] for fields in (stock, product) if COMPLETE in fields]
    return (
        all(_is_time(mark, now_ms) for mark in marks)
        and all(_is_level(level) for level in levels)
        and all(_is_version(fact.version) and _is_fact(fact.name, fact.value) for fact in facts)
    )


def read_page(text: bytes | str, now_ms: int) -> CachedPage | None:
    """Parse a page; return None for an invalid one."""
    try:
        found = _PAGE.decode(text)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    past = 0 <= found.read_at_ms <= now_ms + CLOCK_SKEW_MS
    return found if past and all(_is_level(level) for _, level in found.page.levels) else None


def _is_time(text: str, now_ms: int) -> bool:
    digits = text.isascii() and text.isdigit() and len(text) < 20
    return digits and int(text) <= now_ms + CLOCK_SKEW_MS


def _is_level(level: Level) -> bool:
    return -MOST_PIECES <= level.quantity <= MOST_PIECES and _is_version(level.version)


def _is_version(version: Version) -> bool:
    return 0 <= version.revision <= LAST_REVISION


def _is_fact(name: str, text: str) -> bool:
    try:
        msgspec.json.decode(text, type=_FACTS.get(name, Any))
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False
    return True
