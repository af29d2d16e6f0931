"""Stock and facts in PostgreSQL: `public.stock_level` and `public.product_fact`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from catalog_reader.article import Article, Fact, Level, Version
from catalog_reader.ports import Page, StoreError
from catalog_runtime.database import Connection, Database, DatabaseError

# As in the cache: a row from before revisions existed keeps the version that it had then.
_LEVEL = """
stored.quantity::text,
CASE WHEN stored.revision = 0 THEN (extract(epoch FROM stored.occurred_at) * 1000000)::bigint
     ELSE stored.revision END,
CASE WHEN stored.revision = 0 THEN stored.sequence_number ELSE 0 END::text
"""
_FACT = "stored.value::text, stored.revision, '0'"
_ARTICLES = f"""
SELECT sku, true, stored.warehouse, {_LEVEL} FROM {{chosen}}
JOIN public.stock_level AS stored USING (sku)
UNION ALL
SELECT sku, false, stored.name, {_FACT} FROM {{chosen}}
JOIN public.product_fact AS stored USING (sku)
ORDER BY 1, 2, 3
"""  # noqa: S608 - no value is part of the text
_OF_SKUS = _ARTICLES.format(chosen="unnest(%(skus)s::text[]) AS chosen(sku)")
# The limit counts articles, not their fields.
_BEHIND = """
WITH chosen AS (
    (SELECT DISTINCT sku FROM public.stock_level
     WHERE sku > %(after)s ORDER BY sku LIMIT %(limit)s)
    UNION
    (SELECT DISTINCT sku FROM public.product_fact
     WHERE sku > %(after)s ORDER BY sku LIMIT %(limit)s)
    ORDER BY sku LIMIT %(limit)s
)
""" + _ARTICLES.format(chosen="chosen")  # noqa: S608
OF_WAREHOUSE = f"""
SELECT stored.sku, true, stored.warehouse, {_LEVEL} FROM public.stock_level AS stored
WHERE stored.warehouse = %(warehouse)s AND stored.sku > %(after)s
ORDER BY stored.sku LIMIT %(limit)s
"""  # noqa: S608

Row = tuple[str, bool, str, str, int, str]


class PostgresStockTable:
    """The database, with one statement and one round trip per query."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_skus(self, skus: Sequence[str]) -> dict[str, Article]:
        """See `StockTable`."""
        known = _by_sku(self._rows(_OF_SKUS, {"skus": list(skus)}))
        return {sku: known.get(sku, Article()) for sku in skus}

    def of_warehouse(self, warehouse: str, after: str, limit: int) -> Page:
        """See `StockTable`."""
        return page_of(self._rows(OF_WAREHOUSE, page_values(warehouse, after, limit)), limit)

    def articles(self, after: str, limit: int) -> dict[str, Article]:
        """See `StockTable`."""
        return _by_sku(self._rows(_BEHIND, {"after": after, "limit": limit}))

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _rows(self, query: str, values: dict[str, Any]) -> list[Row]:
        def work(connection: Connection) -> list[Row]:
            return connection.execute(query.encode(), values, binary=True).fetchall()

        try:
            return self._database.run(work)
        except DatabaseError as error:
            raise StoreError(f"database: {error}") from error


def page_values(warehouse: str, after: str, limit: int) -> dict[str, Any]:
    """Return the parameters of `OF_WAREHOUSE`."""
    # One more row than requested shows whether there is a next page.
    return {"warehouse": warehouse, "after": after, "limit": limit + 1}


def page_of(rows: Sequence[Row], limit: int) -> Page:
    """Return the page in the rows of `OF_WAREHOUSE`."""
    levels = tuple((row[0], _level(row)) for row in rows[:limit])
    return Page(levels, levels[-1][0] if len(rows) > limit else None)


def _by_sku(rows: Sequence[Row]) -> dict[str, Article]:
    """Return complete articles, in the order of the rows."""
    return {sku: _article(list(found)) for sku, found in groupby(rows, key=lambda row: row[0])}


def _article(rows: Sequence[Row]) -> Article:
    levels = (_level(row) for row in rows if row[1])
    facts = (Fact(row[2], row[3], _version(row)) for row in rows if not row[1])
    # In Python's order, like articles from the cache.
    return Article(tuple(sorted(levels)), tuple(sorted(facts)))


def _level(row: Row) -> Level:
    return Level(row[2], int(row[3]), _version(row))


def _version(row: Row) -> Version:
    return Version(row[4], int(row[5]))
