"""Generate a feed: seeded updates for the stream, and the expected result."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from catalog_platform.verification.aggregates import aggregate
from catalog_platform.verification.traffic import Event, ExpectedState, StockKey, generate_events

DUPLICATE_SHARE = 0.04
LATE_SHARE = 0.04
LATE_BY = 400
GZIP_SHARE = 0.05
AGGREGATE_SHARE = 0.01
AGGREGATE_PARTS = (2, 12)
WELL_FORMED = (
    '{"version": 1, "type": "stock_level", "event_id": "m", "sku": "M", "warehouse": "w",'
    ' "quantity": %s, "occurred_at": "%s"}'
)
SOME_TIME = "2026-01-01T00:00:00Z"
MALFORMED = (
    b" ",
    b"not json",
    b"{",
    b"\xff\xfe\x00 not utf-8",
    b"[]",
    b'{"version": 1}',
    b'{"version": 99, "type": "stock_level"}',
    b'{"version": 1, "type": "stock_guess"}',
    (WELL_FORMED % ("-1", SOME_TIME)).encode(),
    (WELL_FORMED % ("1.5", SOME_TIME)).encode(),
    (WELL_FORMED % ("NaN", SOME_TIME)).encode(),
    (WELL_FORMED % ("1e400", SOME_TIME)).encode(),
    (WELL_FORMED % ("9" * 400, SOME_TIME)).encode(),
    (WELL_FORMED % ("7", "yesterday")).encode(),
    (WELL_FORMED % ("7", "9999-01-01T00:00:00Z")).encode(),
    (WELL_FORMED % ('7, "note": "\\ud800"', SOME_TIME)).encode(),
    b"x" * 70_000,
    b"\x1f\x8b not gzip",
    gzip.compress(b" " * 1_000_000, mtime=0),
    b"\xf3\x89\x9a\xc2 no aggregate, as no digest of sixteen bytes follows it",
)


@dataclass(frozen=True, slots=True)
class Update:
    """One record for the stream, valid or malformed.

    `parts` is the number of events in an aggregated record, 0 for a plain one.
    """

    partition_key: str
    data: bytes
    malformed: bool
    parts: int = 0

    def names(self, sequence_number: str) -> Iterator[str]:
        """Yield the names of the record's events, made from its sequence number."""
        if not self.parts:
            yield sequence_number
        for part in range(self.parts):
            yield f"{sequence_number}.{part}"


@dataclass(frozen=True, slots=True)
class Feed:
    """Updates in the order in which they are sent, and the expected result."""

    updates: tuple[Update, ...]
    levels: dict[StockKey, int]
    facts: dict[StockKey, object]
    duplicates: int
    late: int
    malformed: int

    @property
    def events(self) -> int:
        """Return the number of events; an aggregated record contains several."""
        return sum(update.parts or 1 for update in self.updates)


def generate(*, updates: int, malformed: int, seed: int, run: str, now: datetime) -> Feed:
    """Generate `updates` events: `malformed` ones, and valid ones with duplicates and late ones.

    The same arguments give the same feed. `run` is part of every SKU, so feeds don't share stocks.
    Raises `ValueError` when there are more malformed than updates.
    """
    if not 0 <= malformed <= updates:
        raise ValueError(f"malformed must lie between 0 and {updates}, not be {malformed}")
    rng = random.Random(seed)  # noqa: S311 - test data, not a secret
    valid = updates - malformed
    duplicates = int(valid * DUPLICATE_SHARE)
    expected = ExpectedState()
    # Positions of events in the feed: in order or delayed, then duplicates, then malformed ones.
    positioned: list[tuple[float, Event | bytes]] = []
    for position, event in enumerate(generate_events(rng, valid - duplicates, run, now)):
        expected.apply(event)
        positioned.append((position + _delay(rng), event))
    repeated = rng.sample(positioned, duplicates)
    positioned += [(position + rng.uniform(0.1, valid), again) for position, again in repeated]
    positioned += [
        (rng.uniform(0, valid), MALFORMED[number % len(MALFORMED)]) for number in range(malformed)
    ]
    positioned.sort(key=lambda each: each[0])
    records = tuple(_records(rng, [content for _, content in positioned]))
    late = _late(positioned)
    return Feed(records, expected.levels, expected.facts, duplicates, late, malformed)


def _delay(rng: random.Random) -> float:
    return rng.uniform(1, LATE_BY) if rng.random() < LATE_SHARE else 0


def _late(positioned: list[tuple[float, Event | bytes]]) -> int:
    """Count the events that arrive after later ones."""
    latest, late = "", 0
    for _, event in positioned:
        if not isinstance(event, bytes):
            late += event["occurred_at"] < latest
            latest = max(latest, event["occurred_at"])
    return late


def _records(rng: random.Random, contents: list[Event | bytes]) -> Iterator[Update]:
    """Yield records: most plain, some compressed, some aggregated with the following events."""
    at = 0
    while at < len(contents):
        content = contents[at]
        at += 1
        if isinstance(content, bytes):
            yield Update(f"broken-{at}", content, malformed=True)
            continue
        sku = content["sku"]
        parts = [_data(rng, content)]
        if rng.random() < AGGREGATE_SHARE:
            for following in contents[at : at + rng.randint(*AGGREGATE_PARTS) - 1]:
                if isinstance(following, bytes):
                    break
                parts.append(_data(rng, following))
            at += len(parts) - 1
            yield Update(sku, aggregate(parts, sku), malformed=False, parts=len(parts))
        else:
            yield Update(sku, parts[0], malformed=False)


def _data(rng: random.Random, event: Event) -> bytes:
    data = json.dumps(event, ensure_ascii=False).encode()
    return gzip.compress(data, mtime=0) if rng.random() < GZIP_SHARE else data
