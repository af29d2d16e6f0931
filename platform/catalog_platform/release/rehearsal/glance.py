"""One look at every place, for when one of them cannot be read at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from catalog_platform.errors import PlatformError
from catalog_platform.release.feed import Feed
from catalog_platform.release.outputs import Outputs
from catalog_platform.release.producer import Sent
from catalog_platform.release.reconcile import Row, of_records, of_values
from catalog_platform.release.session import Session
from catalog_platform.release.stores import Bucket, Cache, Database
from catalog_platform.release.traffic import StockKey

Held = tuple[dict[StockKey, int], dict[StockKey, object]]
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

    def database() -> Held:
        with closing(Database(session, outputs)) as found:
            return found.levels(prefix), found.facts(prefix)

    def cache() -> Held:
        with closing(Cache(outputs)) as found:
            return found.levels(feed.levels), found.facts(feed.facts)

    s3, nowhere = session.client("s3"), set[str]()
    archive = Bucket(s3, outputs.archive_bucket_name, ("inventory/",))
    letters = Bucket(s3, outputs.dead_letter_bucket_name, ("malformed/", "aws/lambda/"))
    archived, lost = attempt(archive.refresh, nowhere), attempt(letters.refresh, nowhere)
    nothing: Held = ({}, {})
    levels, facts = attempt(database, nothing)
    cached_levels, cached_facts = attempt(cache, nothing)
    rows = (
        of_values("PostgreSQL", "stock levels", feed.levels, levels),
        of_values("PostgreSQL", "facts", feed.facts, facts),
        of_values("cache", "stock levels", feed.levels, cached_levels),
        of_values("cache", "facts", feed.facts, cached_facts),
        of_records("S3 archive", sent.valid, archived, sent),
        of_records("dead letters", sent.malformed, lost, sent, letters.reasons),
    )
    return rows, tuple(unreadable)
