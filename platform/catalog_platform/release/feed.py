"""Seeded inventory updates together with the stock levels they must lead to."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

WAREHOUSES = ("berlin", "lyon", "porto")
UPDATES_PER_SKU = 8
DUPLICATE_SHARE = 0.04
LATE_SHARE = 0.04
LATE_BY = 400
WELL_FORMED = (
    '{"version": 1, "type": "stock_level", "event_id": "m", "sku": "M", "warehouse": "w",'
    ' "quantity": %s, "occurred_at": "%s"}'
)
MALFORMED = (
    b" ",
    b"not json",
    b"{",
    b"\xff\xfe\x00 not utf-8",
    b"[]",
    b'{"version": 1}',
    b'{"version": 99, "type": "stock_level"}',
    (WELL_FORMED % ("-1", "2026-01-01T00:00:00Z")).encode(),
    (WELL_FORMED % ("NaN", "2026-01-01T00:00:00Z")).encode(),
    (WELL_FORMED % ("1e400", "2026-01-01T00:00:00Z")).encode(),
    (WELL_FORMED % ("7", "yesterday")).encode(),
)

StockKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class StockLevel:
    """An update as docs/events.md describes it."""

    version: int
    type: str
    event_id: str
    sku: str
    warehouse: str
    quantity: int
    occurred_at: str

    @property
    def key(self) -> StockKey:
        """What the update is about."""
        return self.sku, self.warehouse


@dataclass(frozen=True, slots=True)
class Update:
    """One record for the stream, broken on purpose or not."""

    partition_key: str
    data: bytes
    malformed: bool


@dataclass(frozen=True, slots=True)
class Feed:
    """Updates in the order in which they are put, and the stock levels they must lead to."""

    updates: tuple[Update, ...]
    levels: dict[StockKey, int]
    duplicates: int
    late: int
    malformed: int


def generate(*, updates: int, malformed: int, seed: int, run: str, now: datetime) -> Feed:
    """`updates` records, `malformed` of them broken, the rest with duplicates and late arrivals.

    The same arguments always give the same feed. `run` is part of every SKU, so that feeds do
    not touch each other's stock. Raises `ValueError` when there are more malformed than updates.
    """
    if not 0 <= malformed <= updates:
        raise ValueError(f"malformed must lie between 0 and {updates}, not be {malformed}")
    rng = random.Random(seed)  # noqa: S311 - test data, not a secret
    valid = updates - malformed
    duplicates = int(valid * DUPLICATE_SHARE)
    events = list(_happenings(rng, valid - duplicates, run, now))
    levels = {event.key: event.quantity for event in events}
    late = _delay(rng, events)
    _repeat(rng, events, duplicates)
    records = [
        Update(event.sku, json.dumps(asdict(event)).encode(), malformed=False) for event in events
    ]
    for number in range(malformed):
        broken = Update(f"broken-{number}", MALFORMED[number % len(MALFORMED)], malformed=True)
        records.insert(rng.randint(0, len(records)), broken)
    return Feed(tuple(records), levels, duplicates, late, malformed)


def _happenings(rng: random.Random, count: int, run: str, now: datetime) -> Iterator[StockLevel]:
    """Events in the order in which they happened, a few of them about the same stock."""
    skus = max(1, count // UPDATES_PER_SKU)
    for number in range(count):
        yield StockLevel(
            version=1,
            type="stock_level",
            event_id=f"{run}-{number}",
            sku=f"VERIFY-{run}-{rng.randrange(skus):06}",
            warehouse=rng.choice(WAREHOUSES),
            quantity=rng.randrange(10_000),
            occurred_at=(now - timedelta(milliseconds=count - number)).astimezone(UTC).isoformat(),
        )


def _delay(rng: random.Random, events: list[StockLevel]) -> int:
    """Let some events arrive after younger ones; return how many do."""
    for place in rng.sample(range(len(events)), int(len(events) * LATE_SHARE)):
        events.insert(place + rng.randrange(1, LATE_BY), events.pop(place))
    youngest, late = "", 0
    for event in events:
        late += event.occurred_at < youngest
        youngest = max(youngest, event.occurred_at)
    return late


def _repeat(rng: random.Random, events: list[StockLevel], count: int) -> None:
    """Let some events arrive a second time, at any later place."""
    for place in sorted(rng.sample(range(len(events)), count), reverse=True):
        events.insert(rng.randint(place + 1, len(events)), events[place])
