"""A stock table and a cache in memory, for tests of the reader."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from catalog_reader.article import Article, Cached, Level, Version
from catalog_reader.ports import CachedPage, Page, PartialCacheError, StoreError


def level(quantity: int, warehouse: str = "BER", time: int = 1) -> Level:
    return Level(warehouse, quantity, Version(time, time))


def stocked(*levels: Level) -> Article:
    """An article of which nothing but its stock is known."""
    return Article(levels)


UNKNOWN = Article()


class FakeTable:
    """Articles by SKU; counts what it was asked."""

    def __init__(self, **articles: Article) -> None:
        self.articles_by_sku = dict(articles)
        self.asked: list[str] = []
        self.away = False

    def of_skus(self, skus: Sequence[str]) -> dict[str, Article]:
        self._answer(*skus)
        return {sku: self.articles_by_sku.get(sku, UNKNOWN) for sku in skus}

    def of_warehouse(self, warehouse: str, after: str, limit: int) -> Page:
        self._answer(warehouse)
        found = [
            (sku, each)
            for sku, article in sorted(self.articles_by_sku.items())
            for each in article.levels
            if each.warehouse == warehouse and sku > after
        ]
        return Page(tuple(found[:limit]), found[limit - 1][0] if len(found) > limit else None)

    def articles(self, after: str, limit: int) -> dict[str, Article]:
        self._answer(after)
        skus = sorted(sku for sku in self.articles_by_sku if sku > after)[:limit]
        return {sku: self.articles_by_sku[sku] for sku in skus}

    def _answer(self, *asked: str) -> None:
        if self.away:
            raise StoreError("database: away")
        self.asked += asked


class FakeCache:
    """What the real one promises, without a server; `taken` are others' turns.

    The servers of `unreachable` articles are away.
    """

    def __init__(self) -> None:
        self.contents: dict[str, Cached] = {}
        self.pages: dict[str, CachedPage] = {}
        self.taken: set[str] = set()
        self.unreachable: set[str] = set()
        self.away = False
        self.calls = 0

    def read(self, skus: Sequence[str]) -> dict[str, Cached]:
        self._answer()
        asked = [sku for sku in skus if sku not in self.unreachable]
        return {sku: self.contents.get(sku, Cached(UNKNOWN, None)) for sku in asked}

    def fill(self, articles: Mapping[str, Article], read_at_ms: int) -> int:
        self._answer()
        filled = {sku: each for sku, each in articles.items() if sku not in self.unreachable}
        for sku, article in filled.items():
            self.contents[sku] = Cached(article, read_at_ms)
            self.taken.discard(sku)
        written = sum(len(article.levels) for article in filled.values())
        if len(filled) < len(articles):
            failed = tuple(sku for sku in articles if sku in self.unreachable)
            raise PartialCacheError("cache: away for some", written, failed)
        return written

    def take_turns(self, names: Collection[str]) -> set[str]:
        self._answer()
        free = set(names) - self.taken
        self.taken |= free - self.unreachable
        return free

    def read_page(self, name: str) -> CachedPage | None:
        self._answer()
        return self.pages.get(name)

    def fill_page(self, name: str, page: CachedPage) -> None:
        self._answer()
        self.pages[name] = page
        self.taken.discard(name)

    def _answer(self) -> None:
        self.calls += 1
        if self.away:
            raise StoreError("cache: away")
