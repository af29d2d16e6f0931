"""Warms the cache: every article from the database, in the order of the SKUs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from catalog_reader.ports import SourceError, StockCache, StockTable

ARTICLES_AT_ONCE = 500


class Warmed(msgspec.Struct):
    """What a portion came to; `cursor` is where the next one begins, None at the end."""

    articles: int = 0
    written: int = 0
    cursor: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Loader:
    """Fills a cache that has lost its content before anybody has to wait for it."""

    table: StockTable
    cache: StockCache
    in_time: Callable[[], bool]
    clock: Callable[[], float] = time.time

    def warm(self, after: str) -> Warmed:
        """Load what comes behind `after` as far as time allows; at least one portion.

        What the cache holds and is newer stays. Never raises because of a store.
        """
        done = Warmed(cursor=after)
        try:
            while done.cursor is not None and (not done.articles or self.in_time()):
                read_at_ms = int(self.clock() * 1000)
                articles = self.table.articles(done.cursor, ARTICLES_AT_ONCE)
                if articles:
                    done.written += self.cache.fill(articles, read_at_ms)
                done.articles += len(articles)
                # In the database's order, which need not be that of Python.
                done.cursor = [*articles][-1] if len(articles) == ARTICLES_AT_ONCE else None
        except SourceError as error:
            done.failure = str(error)
        return done
