"""Read every store once, for the case that one of them cannot be read."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.errors import PlatformError
from catalog_platform.verification.feed import Feed
from catalog_platform.verification.producer import Sent
from catalog_platform.verification.reconcile import Row, StoreContents, compare
from catalog_platform.verification.stores import CacheClient, DatabaseClient, EventBucket
from catalog_platform.verification.traffic import StockKey

Values = tuple[dict[StockKey, int], dict[StockKey, object]]
Found = TypeVar("Found")


def snapshot(
    session: Session, outputs: Outputs, feed: Feed, sent: Sent, prefix: str
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """Return what each of the four stores holds, and the reasons why stores cannot be read.

    A store that cannot be read counts as empty.
    """
    unreadable: list[str] = []

    def attempt(read: Callable[[], Found], empty: Found) -> Found:
        try:
            return read()
        except PlatformError as error:
            unreadable.append(error.message)
            return empty

    def database() -> Values:
        with closing(DatabaseClient(session, outputs)) as found:
            return found.levels(prefix), found.facts(prefix)

    def cache() -> Values:
        with closing(CacheClient(session, outputs)) as found:
            return found.levels(feed.levels), found.facts(feed.facts)

    empty: Values = ({}, {})
    no_events: dict[str, str] = {}
    archived = attempt(EventBucket.archive(session, outputs).refresh, no_events)
    dead_letters = attempt(EventBucket.dead_letters(session, outputs).refresh, no_events)
    levels, facts = attempt(database, empty)
    cached_levels, cached_facts = attempt(cache, empty)
    held = StoreContents(
        levels=levels,
        facts=facts,
        cached_levels=cached_levels,
        cached_facts=cached_facts,
        archived=archived,
        dead_letters=dead_letters,
    )
    return compare(feed, sent, held), tuple(unreadable)
