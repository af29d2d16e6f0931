"""One look at every place, for when one of them cannot be read at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.errors import PlatformError
from catalog_platform.verification.feed import Feed
from catalog_platform.verification.producer import Sent
from catalog_platform.verification.reconcile import Held, Row, compare
from catalog_platform.verification.stores import Bucket, Cache, Database
from catalog_platform.verification.traffic import StockKey

Values = tuple[dict[StockKey, int], dict[StockKey, object]]
Found = TypeVar("Found")


def snapshot(
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

    def database() -> Values:
        with closing(Database(session, outputs)) as found:
            return found.levels(prefix), found.facts(prefix)

    def cache() -> Values:
        with closing(Cache(session, outputs)) as found:
            return found.levels(feed.levels), found.facts(feed.facts)

    nothing: Values = ({}, {})
    nowhere: dict[str, str] = {}
    archived = attempt(Bucket.archive(session, outputs).refresh, nowhere)
    letters = attempt(Bucket.letters(session, outputs).refresh, nowhere)
    levels, facts = attempt(database, nothing)
    cached_levels, cached_facts = attempt(cache, nothing)
    held = Held(
        levels=levels,
        facts=facts,
        cached_levels=cached_levels,
        cached_facts=cached_facts,
        archived=archived,
        letters=letters,
    )
    return compare(feed, sent, held), tuple(unreadable)
