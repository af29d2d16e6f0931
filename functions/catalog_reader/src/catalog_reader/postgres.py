"""Stock in PostgreSQL: `public.stock_level`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from catalog_reader.ports import Page, SourceError
from catalog_reader.stock import Level, Levels
from catalog_runtime.database import Connection, Database, DatabaseError

_COLUMNS = """
held.sku, held.warehouse, held.quantity,
(extract(epoch FROM held.occurred_at) * 1000000)::bigint, held.sequence_number::text
"""
_OF_SKUS = f"""
SELECT {_COLUMNS} FROM public.stock_level AS held
WHERE held.sku = ANY(%s) ORDER BY held.sku, held.warehouse
"""  # noqa: S608 - no value is part of the text
_OF_WAREHOUSE = f"""
SELECT {_COLUMNS} FROM public.stock_level AS held
WHERE held.warehouse = %s AND held.sku > %s ORDER BY held.sku LIMIT %s
"""  # noqa: S608
# Whole articles: the limit counts them, not their levels.
_ARTICLES = f"""
WITH page AS (
    SELECT DISTINCT sku FROM public.stock_level WHERE sku > %s ORDER BY sku LIMIT %s
)
SELECT {_COLUMNS} FROM page JOIN public.stock_level AS held USING (sku)
ORDER BY held.sku, held.warehouse
"""  # noqa: S608

Row = tuple[str, str, int, int, str]


class PostgresStockTable:
    """One statement and one round trip for every question."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_skus(self, skus: Sequence[str]) -> dict[str, Levels]:
        """See `StockTable`."""
        return _by_sku(self._rows(_OF_SKUS, (list(skus),)), skus)

    def of_warehouse(self, warehouse: str, after: str, limit: int) -> Page:
        """See `StockTable`."""
        # One more than asked for tells whether there is a next page.
        rows = self._rows(_OF_WAREHOUSE, (warehouse, after, limit + 1))
        levels = tuple((row[0], _level(row)) for row in rows[:limit])
        return Page(levels, levels[-1][0] if len(rows) > limit else None)

    def articles(self, after: str, limit: int) -> dict[str, Levels]:
        """See `StockTable`."""
        return _by_sku(self._rows(_ARTICLES, (after, limit)))

    def close(self) -> None:
        """Give the connection back to the server."""
        self._database.close()

    def _rows(self, query: str, values: tuple[Any, ...]) -> list[Row]:
        def work(connection: Connection) -> list[Row]:
            return connection.execute(query.encode(), values, binary=True).fetchall()

        try:
            return self._database.run(work)
        except DatabaseError as error:
            raise SourceError(f"database: {error}") from error


def _by_sku(rows: Sequence[Row], skus: Sequence[str] = ()) -> dict[str, Levels]:
    found: dict[str, list[Level]] = {sku: [] for sku in skus}
    for row in rows:
        found.setdefault(row[0], []).append(_level(row))
    return {sku: tuple(levels) for sku, levels in found.items()}


def _level(row: Row) -> Level:
    _, warehouse, quantity, time, sequence = row
    return Level(warehouse, quantity, time, int(sequence))
