"""Cache warming: loads all articles from the database into the cache, by SKU."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import UNSET, UnsetType

from catalog_reader.article import Article
from catalog_reader.ports import PartialCacheError, StockCache, StockTable, StoreError
from catalog_runtime.logs import LOGGER

ARTICLES_AT_ONCE = 500


class Warmed(msgspec.Struct):
    """The result of a portion; `cursor` is where the next one starts, None at the end.

    `failed` counts the articles that the cache refused; unset when there are none.
    """

    articles: int = 0
    written: int = 0
    failed: int | UnsetType = UNSET
    cursor: str | None = None
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Loader:
    """Loads articles into a cache that has lost its content, before they are requested."""

    table: StockTable
    cache: StockCache
    in_time: Callable[[], bool]
    clock: Callable[[], float] = time.time

    def warm(self, after: str) -> Warmed:
        """Load articles after `after` until the time ends; at least one group.

        Newer values in the cache stay. Errors of a store are not raised but returned.
        """
        done = Warmed(cursor=after)
        try:
            while done.cursor is not None and (not done.articles or self.in_time()):
                read_at_ms = int(self.clock() * 1000)
                articles = self.table.articles(done.cursor, ARTICLES_AT_ONCE)
                self._fill(articles, read_at_ms, done)
                done.articles += len(articles)
                # The last one in the database's order, which may differ from Python's.
                done.cursor = [*articles][-1] if len(articles) == ARTICLES_AT_ONCE else None
        except StoreError as error:
            done.failure = str(error)
        return done

    def _fill(self, articles: Mapping[str, Article], read_at_ms: int, done: Warmed) -> None:
        if not articles:
            return
        try:
            done.written += self.cache.fill(articles, read_at_ms)
        except PartialCacheError as error:
            done.written += error.written
            done.failed = (done.failed or 0) + len(error.failed)
            LOGGER.warning("articles were not loaded", extra={"facts": {"cause": str(error)}})
