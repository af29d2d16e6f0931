"""Cache-aside reads: from the cache where it is complete and fresh, otherwise from the database.

Of all readers that miss an article, one reads the database and fills the cache. The others serve a
stale copy or wait briefly, and only then read the database themselves.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from catalog_reader.article import NOT_CACHED, Article, Cached, Freshness, Trust
from catalog_reader.ports import (
    CachedPage,
    Page,
    PartialCacheError,
    ReplicaTable,
    StockCache,
    StockTable,
    StoreError,
)
from catalog_runtime.logs import LOGGER

T = TypeVar("T")

WAIT_SECONDS = 0.25
POLL_SECONDS = 0.02
# A cache that failed is not used for this long: every call would wait for its timeouts.
AVOID_SECONDS = 5.0
# Longer than any page is cached.
LONGEST_PAGE_SECONDS = 60.0
# A replica may be behind by this share of the time for which a page is fresh; the rest is for the
# cache.
LAG_SHARE = 0.5


@dataclass(slots=True)
class Reader:
    """Reads stock; `counts` counts the sources of its answers.

    When the cache fails, answers are slower, not wrong. When the database fails, cached articles
    are still served. Only pages are read from replicas: an article from a replica could be older
    than what the same caller has seen before, and its copy in the cache would count as complete.
    """

    table: StockTable
    cache: StockCache
    freshness: Freshness
    page_seconds: float
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep
    replicas: ReplicaTable | None = None
    counts: Counter[str] = field(default_factory=Counter)
    _avoid_until: float = 0.0
    _avoid_replicas_until: float = 0.0

    def of_skus(self, skus: Sequence[str]) -> dict[str, Article]:
        """Return each article, an empty one if it is unknown.

        Raises `StoreError` when neither store has an answer.
        """
        copies = self._read_cache(skus)
        if copies is None:
            return self._from_table(skus)
        found, stale, missing = self._sorted(skus, copies)
        if stale or missing:
            turns = self._turns([*stale, *missing])
            self._renew([sku for sku in stale if sku in turns], stale, found)
            self._load([sku for sku in missing if sku in turns], found)
            self._wait([sku for sku in missing if sku not in turns], found)
        return {sku: found[sku] for sku in skus}

    def of_warehouse(self, warehouse: str, after: str, limit: int) -> Page:
        """Return a page of a warehouse, at most `page_seconds` old while the database answers.

        Raises `StoreError` when neither store has an answer.
        """
        name = f"{warehouse}/{limit}/{after}"
        cached = self._cached(lambda: self.cache.read_page(name))
        if cached is not None:
            age = self.clock() - cached.read_at_ms / 1000
            if age < self.page_seconds:
                self.counts["ReaderHits"] += 1
                return cached.page
            # One reader refreshes a page, the others get the cached one. If the turn never ends,
            # the page becomes older than this limit and is read from the database.
            if age < LONGEST_PAGE_SECONDS and name not in self._turns([name]):
                self.counts["ReaderStale"] += 1
                return cached.page
        self.counts["ReaderMisses"] += 1
        try:
            page, read_at_ms = self._read_page(warehouse, after, limit)
        except StoreError as error:
            if cached is None:
                raise
            self.counts["ReaderStale"] += 1
            LOGGER.warning("a stale page was served", extra={"facts": {"cause": str(error)}})
            return cached.page
        self._cached(lambda: self.cache.fill_page(name, CachedPage(page, read_at_ms)))
        return page

    def _read_page(self, warehouse: str, after: str, limit: int) -> tuple[Page, int]:
        """Return a page and the time as of which it is complete, from a replica where possible."""
        read_at_ms = self._now_ms()
        if self.replicas is not None and self.clock() >= self._avoid_replicas_until:
            longest = self.page_seconds * LAG_SHARE
            try:
                page, lag = self.replicas.of_warehouse(warehouse, after, limit, longest)
            except StoreError as error:
                self.counts["ReaderReplicaFailures"] += 1
                LOGGER.warning("no replica was used", extra={"facts": {"cause": str(error)}})
                self._avoid_replicas_until = self.clock() + AVOID_SECONDS
            else:
                self.counts["ReaderReplicaPages"] += 1
                return page, read_at_ms - int(lag * 1000)
        return self.table.of_warehouse(warehouse, after, limit), read_at_ms

    def _read_cache(self, skus: Sequence[str]) -> dict[str, Cached] | None:
        """Return the cached articles of the servers that answer."""
        copies = self._cached(lambda: self.cache.read(skus))
        if copies is not None and len(copies) < len(skus):
            self._count_failure("a server of the cache is unavailable")
        return copies

    def _sorted(
        self, skus: Sequence[str], copies: dict[str, Cached]
    ) -> tuple[dict[str, Article], dict[str, Article], list[str]]:
        """Return the fresh, the stale and the missing articles."""
        now = self._now_ms()
        fresh: dict[str, Article] = {}
        stale: dict[str, Article] = {}
        missing = []
        for sku in skus:
            cached = copies.get(sku, NOT_CACHED)
            match self.freshness.trust(cached, now):
                case Trust.FRESH:
                    self.counts["ReaderHits" if cached.article.known else "ReaderUnknownHits"] += 1
                    fresh[sku] = cached.article
                case Trust.STALE:
                    stale[sku] = cached.article
                case Trust.NONE:
                    missing.append(sku)
        return fresh, stale, missing

    def _renew(self, mine: list[str], stale: dict[str, Article], found: dict[str, Article]) -> None:
        """Serve stale articles, and refresh `mine`; a stale copy is better than an error."""
        self.counts["ReaderStale"] += len(stale) - len(mine)
        found.update(stale)
        try:
            self._load(mine, found)
        except StoreError as error:
            self.counts["ReaderStale"] += len(mine)
            LOGGER.warning("stale stock was served", extra={"facts": {"cause": str(error)}})

    def _load(self, skus: list[str], found: dict[str, Article]) -> None:
        if skus:
            found.update(self._from_table(skus))

    def _wait(self, skus: list[str], found: dict[str, Article]) -> None:
        """Wait until other readers have filled the cache; read the rest from the database."""
        missing, waited = skus, 0.0
        while missing and waited < WAIT_SECONDS:
            self.sleep(POLL_SECONDS)
            waited += POLL_SECONDS
            asked, copies = len(missing), self._read_cache(missing)
            if copies is None:
                break
            now = self._now_ms()
            for sku, cached in copies.items():
                if self.freshness.trust(cached, now) is not Trust.NONE:
                    self.counts["ReaderWaits"] += 1
                    found[sku] = cached.article
            missing = [sku for sku in missing if sku not in found]
            if len(copies) < asked:
                break
        self._load(missing, found)

    def _from_table(self, skus: Sequence[str]) -> dict[str, Article]:
        self.counts["ReaderMisses"] += len(skus)
        # The time before the read: the processor writes later changes to the cache.
        read_at_ms = self._now_ms()
        articles = self.table.of_skus(skus)
        self._cached(lambda: self.cache.fill(articles, read_at_ms))
        return articles

    def _turns(self, names: list[str]) -> set[str]:
        turns = self._cached(lambda: self.cache.take_turns(names))
        return set(names) if turns is None else turns

    def _cached(self, work: Callable[[], T]) -> T | None:
        """Return the result of a cache operation, or None when the cache is not available."""
        if self.clock() < self._avoid_until:
            return None
        try:
            return work()
        except PartialCacheError as error:
            self._count_failure(str(error))
            return None
        except StoreError as error:
            self._count_failure(str(error))
            self._avoid_until = self.clock() + AVOID_SECONDS
            return None

    def _count_failure(self, cause: str) -> None:
        self.counts["ReaderCacheFailures"] += 1
        LOGGER.warning("cache was not used", extra={"facts": {"cause": cause}})

    def _now_ms(self) -> int:
        return int(self.clock() * 1000)
