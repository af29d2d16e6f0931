"""Waits until a feed is through, then accounts for every single record of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass

from catalog_platform.release.feed import Feed
from catalog_platform.release.outputs import Outputs
from catalog_platform.release.producer import Sent
from catalog_platform.release.session import Session
from catalog_platform.release.stores import Bucket, Cache, Database
from catalog_platform.release.traffic import StockKey

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
    s3 = session.client("s3")
    archive = Bucket(s3, outputs.archive_bucket_name, ("inventory/",))
    letters = Bucket(s3, outputs.dead_letter_bucket_name, ("malformed/", "aws/lambda/"))
    with closing(Database(session, outputs)) as database, closing(Cache(outputs)) as cache:
        moved = time.monotonic()
        before: tuple[Row, ...] = ()
        while True:
            rows = (
                of_values("PostgreSQL", "stock levels", feed.levels, database.levels(prefix)),
                of_values("PostgreSQL", "facts", feed.facts, database.facts(prefix)),
                of_values("cache", "stock levels", feed.levels, cache.levels(feed.levels)),
                of_values("cache", "facts", feed.facts, cache.facts(feed.facts)),
                of_records("S3 archive", sent.valid, archive.refresh(), sent),
                of_records(
                    "dead letters", sent.malformed, letters.refresh(), sent, letters.reasons
                ),
            )
            now = time.monotonic()
            on_progress(rows[-2].found + rows[-1].found)
            account = Reconciliation(sent.total, now - started, rows)
            if account.difference == 0 or now - moved > patience:
                return account
            if rows != before:
                moved, before = now, rows
            time.sleep(poll_seconds)


def of_values(
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


def of_records(
    place: str,
    expected: set[str],
    found: set[str],
    sent: Sent,
    reasons: Mapping[str, str] | None = None,
) -> Row:
    """What was sent and is to be in this place, and what of it is there."""
    everything = sent.valid | sent.malformed
    surplus = (found & everything) - expected
    why = {reasons[name] for name in surplus if name in reasons} if reasons else set()
    return Row(
        place, "events", len(expected), len(found & expected), len(surplus), tuple(sorted(why))
    )
