"""Reconciliation: waits until a feed has arrived, and compares every store with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.verification.feed import Feed
from catalog_platform.verification.producer import Sent
from catalog_platform.verification.stores import CacheClient, DatabaseClient, EventBucket
from catalog_platform.verification.traffic import StockKey

# The first update also starts the function and its connections.
START_FACTOR = 3
POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Row:
    """The expected, found and unexpected entries of one store.

    `reasons` are the reasons of unexpected entries, where the store records them.
    """

    place: str
    unit: str
    expected: int
    found: int
    unexpected: int
    reasons: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """Return the number of missing and unexpected entries; 0 if the store is correct."""
        return self.expected - self.found + self.unexpected


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreContents:
    """The content of the four stores: values by key, events by name."""

    levels: Mapping[StockKey, int]
    facts: Mapping[StockKey, object]
    cached_levels: Mapping[StockKey, int]
    cached_facts: Mapping[StockKey, object]
    archived: Mapping[str, str]
    dead_letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The result of reconciling one feed."""

    sent: int
    seconds: float
    rows: tuple[Row, ...]

    @property
    def difference(self) -> int:
        """Return the difference of all stores; 0 when no event is missing or unexpected."""
        return sum(row.difference for row in self.rows)

    @property
    def records_per_second(self) -> float:
        """Return the throughput, from the first put to the last observed effect."""
        return self.sent / self.seconds if self.seconds else 0.0


def reconcile(
    session: Session,
    outputs: Outputs,
    feed: Feed,
    sent: Sent,
    *,
    prefix: str,
    started: float,
    stall_seconds: float,
    on_progress: Callable[[int], None],
    poll_seconds: float = POLL_SECONDS,
) -> Reconciliation:
    """Compare the four stores with the sent events until they agree.

    `started` is the `time.monotonic()` of the first put. Returns once nothing has changed for
    `stall_seconds`, or `START_FACTOR` times as long before the first update has arrived; the rows
    then show what is missing. Calls `on_progress` with the number of
    events that are archived or dead letters. Raises `PlatformError` when a store cannot be reached.
    """
    since = datetime.now(UTC) - timedelta(seconds=time.monotonic() - started)
    archive = EventBucket.archive(session, outputs, since)
    dead_letters = EventBucket.dead_letters(session, outputs, since)
    with (
        closing(DatabaseClient(session, outputs)) as database,
        closing(CacheClient(session, outputs)) as cache,
    ):
        changed_at = time.monotonic()
        before: tuple[Row, ...] = ()
        while True:
            held = StoreContents(
                levels=database.levels(prefix),
                facts=database.facts(prefix),
                cached_levels=cache.levels(feed.levels),
                cached_facts=cache.facts(feed.facts),
                archived=archive.refresh(),
                dead_letters=dead_letters.refresh(),
            )
            rows = compare(feed, sent, held)
            now = time.monotonic()
            on_progress(rows[-2].found + rows[-1].found)
            reconciliation = Reconciliation(sent.total, now - started, rows)
            arrived = any(row.found for row in rows)
            limit = stall_seconds if arrived else START_FACTOR * stall_seconds
            if reconciliation.difference == 0 or now - changed_at > limit:
                return reconciliation
            if rows != before:
                changed_at, before = now, rows
            time.sleep(poll_seconds)


def compare(feed: Feed, sent: Sent, held: StoreContents) -> tuple[Row, ...]:
    """Compare the sent events with the content of the stores; the two buckets come last."""
    return (
        _of_values("PostgreSQL", "stock levels", feed.levels, held.levels),
        _of_values("PostgreSQL", "facts", feed.facts, held.facts),
        _of_values("cache", "stock levels", feed.levels, held.cached_levels),
        _of_values("cache", "facts", feed.facts, held.cached_facts),
        _of_events("S3 archive", sent.valid, held.archived, sent),
        _of_events("dead letters", sent.malformed, held.dead_letters, sent),
    )


def _of_values(
    place: str,
    unit: str,
    expected: Mapping[StockKey, object],
    found: Mapping[StockKey, object],
) -> Row:
    """Compare values by key."""
    missing = object()
    correct = sum(found.get(key, missing) == value for key, value in expected.items())
    surplus = len(found.keys() - expected.keys())
    return Row(place, unit, len(expected), correct, surplus)


def _of_events(place: str, expected: set[str], found: Mapping[str, str], sent: Sent) -> Row:
    """Compare events by name; ignore events that are not from this feed."""
    everything = sent.valid | sent.malformed
    surplus = (found.keys() & everything) - expected
    reasons = tuple(sorted({found[name] for name in surplus} - {""}))
    correct = len(found.keys() & expected)
    return Row(place, "events", len(expected), correct, len(surplus), reasons)
