"""What the reader needs from the outside world."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from catalog_reader.article import Article, Cached, Level


class SourceError(Exception):
    """A store could not be read or written; the message has no row or value in it."""


class PartialCacheError(SourceError):
    """Not the whole cache is away: articles or pages `failed`, of the others so many `written`."""

    def __init__(self, message: str, written: int, failed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.written = written
        self.failed = failed


class Page(NamedTuple):
    """Stock of a warehouse, by SKU; `after` is where the next page begins, None at the end."""

    levels: tuple[tuple[str, Level], ...]
    after: str | None


class CachedPage(NamedTuple):
    """A page and when it was read, in milliseconds since 1970."""

    page: Page
    read_at_ms: int


class StockTable(Protocol):
    """The truth about stock."""

    def of_skus(self, skus: Sequence[str]) -> dict[str, Article]:
        """Each article, as far as it is known. Raises `SourceError`."""
        ...

    def of_warehouse(self, warehouse: str, after: str, limit: int) -> Page:
        """At most `limit` levels of a warehouse, of SKUs behind `after`. Raises `SourceError`."""
        ...

    def articles(self, after: str, limit: int) -> dict[str, Article]:
        """At most `limit` whole articles behind `after`, by SKU. Raises `SourceError`."""
        ...


class StockCache(Protocol):
    """A copy of the truth, quick to read. Every method raises `SourceError`."""

    def read(self, skus: Sequence[str]) -> dict[str, Cached]:
        """What is held of each article; none of those whose server is away.

        What is not ours counts as not held.
        """
        ...

    def fill(self, articles: Mapping[str, Article], read_at_ms: int) -> int:
        """Write whole articles as they were at a time; the number of levels that were newer.

        Ends the turns that were taken for them. One that fails stops no other: then it raises
        `PartialCacheError`.
        """
        ...

    def take_turns(self, names: Collection[str]) -> set[str]:
        """Of these articles or pages, those that nobody else is reading from the database now."""
        ...

    def read_page(self, name: str) -> CachedPage | None:
        """A page, if it is held."""
        ...

    def fill_page(self, name: str, page: CachedPage) -> None:
        """Hold a page for a while, and end the turn that was taken for it."""
        ...
