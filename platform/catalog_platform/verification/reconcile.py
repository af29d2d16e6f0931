"""Waits until a feed is through, then accounts for every single record of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.verification.feed import Feed
from catalog_platform.verification.producer import Sent
from catalog_platform.verification.stores import Bucket, Cache, Database
from catalog_platform.verification.traffic import StockKey

POLL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class Row:
    """One place: how much must be there, how much of it is, and what is there beyond that.

    `reasons` says why what is there beyond that is there, where the place knows.
    """

    place: str
    unit: str
    expected: int
    found: int
    unexpected: int
    reasons: tuple[str, ...] = ()

    @property
    def difference(self) -> int:
        """Lost plus surplus; 0 when the place is right."""
        return self.expected - self.found + self.unexpected


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the four places hold; events by name, with the reason of those that are dead letters."""

    levels: Mapping[StockKey, int]
    facts: Mapping[StockKey, object]
    cached_levels: Mapping[StockKey, int]
    cached_facts: Mapping[StockKey, object]
    archived: Mapping[str, str]
    letters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The account of one feed."""

    sent: int
    seconds: float
    rows: tuple[Row, ...]

    @property
    def difference(self) -> int:
        """Over all places; 0 when nothing was lost and nothing was made up."""
        return sum(row.difference for row in self.rows)

    @property
    def records_per_second(self) -> float:
        """From the first record put to the last effect seen."""
        return self.sent / self.seconds if self.seconds else 0.0


def reconcile(
    session: Session,
    outputs: Outputs,
    feed: Feed,
    sent: Sent,
    *,
    prefix: str,
    started: float,
    patience: float,
    on_progress: Callable[[int], None],
    poll_seconds: float = POLL_SECONDS,
) -> Reconciliation:
    """Compare the four places with what was sent until they agree.

    `started` is the `time.monotonic()` of the first put. Gives up once nothing has moved for
    `patience` seconds; what is missing is then in the rows. `on_progress` is told how many records
    are archived or dead-lettered. Raises `PlatformError` when a place cannot be reached.
    """
    archive, letters = Bucket.archive(session, outputs), Bucket.letters(session, outputs)
    with closing(Database(session, outputs)) as database, closing(Cache(session, outputs)) as cache:
        moved = time.monotonic()
        before: tuple[Row, ...] = ()
        while True:
            held = Held(
                levels=database.levels(prefix),
                facts=database.facts(prefix),
                cached_levels=cache.levels(feed.levels),
                cached_facts=cache.facts(feed.facts),
                archived=archive.refresh(),
                letters=letters.refresh(),
            )
            rows = compare(feed, sent, held)
            now = time.monotonic()
            on_progress(rows[-2].found + rows[-1].found)
            account = Reconciliation(sent.total, now - started, rows)
            if account.difference == 0 or now - moved > patience:
                return account
            if rows != before:
                moved, before = now, rows
            time.sleep(poll_seconds)


def compare(feed: Feed, sent: Sent, held: Held) -> tuple[Row, ...]:
    """What was sent, beside what the places hold; the two buckets come last."""
    return (
        _of_values("PostgreSQL", "stock levels", feed.levels, held.levels),
        _of_values("PostgreSQL", "facts", feed.facts, held.facts),
        _of_values("cache", "stock levels", feed.levels, held.cached_levels),
        _of_values("cache", "facts", feed.facts, held.cached_facts),
        _of_events("S3 archive", sent.valid, held.archived, sent),
        _of_events("dead letters", sent.malformed, held.letters, sent),
    )


def _of_values(
    place: str,
    unit: str,
    expected: Mapping[StockKey, object],
    found: Mapping[StockKey, object],
) -> Row:
    """Values by key, wherever they are kept."""
    missing = object()
    right = sum(found.get(key, missing) == value for key, value in expected.items())
    surplus = len(found.keys() - expected.keys())
    return Row(place, unit, len(expected), right, surplus)


def _of_events(place: str, expected: set[str], found: Mapping[str, str], sent: Sent) -> Row:
    """What was sent and is to be in this place, and what of it is there."""
    everything = sent.valid | sent.malformed
    surplus = (found.keys() & everything) - expected
    reasons = tuple(sorted({found[name] for name in surplus} - {""}))
    right = len(found.keys() & expected)
    return Row(place, "events", len(expected), right, len(surplus), reasons)
