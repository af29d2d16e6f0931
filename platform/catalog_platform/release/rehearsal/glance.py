"""One look at every place, for when one of them cannot be read at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from catalog_platform.errors import PlatformError
from catalog_platform.release.feed import Feed, StockKey
from catalog_platform.release.outputs import Outputs
from catalog_platform.release.producer import Sent
from catalog_platform.release.reconcile import Row
from catalog_platform.release.session import Session
from catalog_platform.release.stores import Bucket, Cache, Database

Levels = dict[StockKey, int]
Found = TypeVar("Found")


def glance(
    session: Session, outputs: Outputs, feed: Feed, sent: Sent, prefix: str
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """What is in each of the four places now, and why a place could not be read.

    In a place that cannot be read, nothing is found.
    """
    unreadable: list[str] = []

    def attempt(look: Callable[[], Found], nothing: Found) -> Found:
        try:
            return look()
        except PlatformError as error:
            unreadable.append(error.message)
            return nothing

    def database() -> Levels:
        with closing(Database(session, outputs)) as found:
            return found.levels(prefix)

    def cache() -> Levels:
        with closing(Cache(outputs)) as found:
            return found.levels(feed.levels)

    def records(bucket: str, *prefixes: str) -> set[str]:
        return Bucket(session.client("s3"), bucket, prefixes).refresh()

    nowhere: set[str] = set()
    archived = attempt(lambda: records(outputs.archive_bucket_name, "inventory/"), nowhere)
    letters = attempt(
        lambda: records(outputs.dead_letter_bucket_name, "malformed/", "aws/lambda/"), nowhere
    )
    rows = (
        _levels("PostgreSQL", feed, attempt(database, {})),
        _levels("cache", feed, attempt(cache, {})),
        _records("S3 archive", sent.valid, archived, sent),
        _records("dead letters", sent.malformed, letters, sent),
    )
    return rows, tuple(unreadable)


def _levels(place: str, feed: Feed, found: Levels) -> Row:
    right = sum(found.get(key) == quantity for key, quantity in feed.levels.items())
    surplus = len(found.keys() - feed.levels.keys())
    return Row(place, "stock levels", len(feed.levels), right, surplus)


def _records(place: str, expected: set[str], found: set[str], sent: Sent) -> Row:
    surplus = ((sent.valid | sent.malformed) & found) - expected
    return Row(place, "records", len(expected), len(expected & found), len(surplus))
