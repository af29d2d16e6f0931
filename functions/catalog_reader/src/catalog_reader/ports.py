"""Interfaces of the stores that the reader uses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, Protocol

from catalog_reader.article import Article, Cached, Level


class StoreError(Exception):
    """A store could not be read or written; the message never has rows or values."""


class PartialCacheError(StoreError):
    """A part of the cache failed: `failed` names articles or pages, `written` counts the others."""

    def __init__(self, message: str, written: int, failed: tuple[str, ...]) -> None:
        super().__init__(message)
        self.written = written
        self.failed = failed


class Page(NamedTuple):
    """Stock of a warehouse, by SKU; `after` is where the next page starts, None at the end."""

    levels: tuple[tuple[str, Level], ...]
    after: str | None


class CachedPage(NamedTuple):
    """A page and when it was read, in milliseconds since 1970."""

    page: Page
    read_at_ms: int


class StockTable(Protocol):
    """The database."""

    def of_skus(self, skus: Sequence[str]) -> dict[str, Article]:
        """Return each article, an empty one if it is unknown. Raises `StoreError`."""
        ...

    def of_warehouse(self, warehouse: str, after: str, limit: int) -> Page:
        """Return at most `limit` levels of a warehouse after a SKU. Raises `StoreError`."""
        ...

    def articles(self, after: str, limit: int) -> dict[str, Article]:
        """Return at most `limit` complete articles after a SKU, by SKU. Raises `StoreError`."""
        ...


class ReplicaTable(Protocol):
    """Read replicas of the database."""

    def of_warehouse(
        self, warehouse: str, after: str, limit: int, longest_lag_seconds: float
    ) -> tuple[Page, float]:
        """Return a page as `StockTable` does, and by how many seconds it may be outdated.

        Raises `StoreError`, also when the replica may be further behind than `longest_lag_seconds`.
        """
        ...


class StockCache(Protocol):
    """The cache: a fast copy of the database. Every method raises `StoreError`."""

    def read(self, skus: Sequence[str]) -> dict[str, Cached]:
        """Return the cached articles, without those of unavailable servers.

        Invalid values count as missing.
        """
        ...

    def fill(self, articles: Mapping[str, Article], read_at_ms: int) -> int:
        """Write complete articles as of a time; return the number of fields that were newer.

        Ends the turns taken for them. A failed article does not stop the others: then it raises
        `PartialCacheError`.
        """
        ...

    def take_turns(self, names: Collection[str]) -> set[str]:
        """Lock articles or pages for a database read; return those that no other reader has."""
        ...

    def read_page(self, name: str) -> CachedPage | None:
        """Return a cached page, or None."""
        ...

    def fill_page(self, name: str, page: CachedPage) -> None:
        """Cache a page for a limited time, and end the turn taken for it."""
        ...
