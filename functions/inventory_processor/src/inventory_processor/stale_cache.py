"""Stale cache entries, recorded in the database until the cache is updated.

A row of `stale_cache_entry` stands for one article whose cache entries are stale or missing or,
with `following`, for all articles after a SKU. The empty SKU with `following` is the whole catalog.

Concurrency, in REPEATABLE READ (merge.py explains the rule). The only decision is whether a row may
be deleted. It depends on the row's `noted` time, and the write of the row serialises it:
  mark, mark       Each writes the row, so that `noted` increases with each mark.
  mark, clear      A row that was marked again after it was read has another `noted`, and stays. The
                   articles are read after the row, so a deleted row was written to the cache with
                   everything that was committed before the mark.
  clear, clear     Both delete the row; the second finds none and does not mark the remainder again.
  next_entries     Reads rows and articles in separate snapshots, in this order. Later snapshots
                   only show newer revisions.
  MERGE            Only reads whether there is any row. If a batch misses one, the next finds it.
`mark` and `clear` both lock rows in the order of their SKUs, single articles before rows with
`following`. So these transactions never deadlock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from catalog_runtime.database import Connection
from inventory_processor.ports import CacheEntry, StaleEntries

ARTICLES_AT_ONCE = 500

# Two marks of one article never have the same time, even when the clock is set back.
_UPSERT = """
ON CONFLICT (sku, following)
DO UPDATE SET noted = greatest(EXCLUDED.noted, stored.noted + interval '1 microsecond')
"""
_MARK = f"""
INSERT INTO public.stale_cache_entry AS stored (sku, following, noted)
SELECT sku, %(following)s, clock_timestamp() FROM unnest(%(skus)s::text[]) AS marked(sku)
ORDER BY sku {_UPSERT}
"""  # noqa: S608 - no value is part of the text
# Single articles first: they are stale for certain, the others may only be missing. Entries that
# failed were marked again and follow those that were not tried yet.
_NEXT = """
SELECT sku, following, noted FROM public.stale_cache_entry ORDER BY following, noted, sku LIMIT %s
"""
_FOLLOWING = """
SELECT sku FROM (
    (SELECT DISTINCT sku FROM public.stock_level WHERE sku > %(sku)s ORDER BY sku LIMIT %(limit)s)
    UNION
    (SELECT DISTINCT sku FROM public.product_fact WHERE sku > %(sku)s ORDER BY sku LIMIT %(limit)s)
) AS article
ORDER BY sku LIMIT %(limit)s
"""
_CURRENT = """
SELECT 'stock:{' || sku || '}', warehouse, quantity::text,
       CASE WHEN revision = 0
            THEN (extract(epoch FROM occurred_at) * 1000000)::bigint || '.' || sequence_number
            ELSE revision || '.0' END
FROM public.stock_level WHERE sku = ANY(%(skus)s)
UNION ALL
SELECT 'product:{' || sku || '}', name, value::text, revision || '.0'
FROM public.product_fact WHERE sku = ANY(%(skus)s)
"""
# The remainder is marked only by the transaction that deletes the row. If the row no longer exists,
# another transaction cleared it and marked the remainder; a row with a newer time covers it.
_CLEAR = f"""
WITH unchanged AS MATERIALIZED (
    SELECT stored.sku, stored.following
    FROM public.stale_cache_entry AS stored
    JOIN unnest(%(skus)s::text[], %(following)s::boolean[], %(noted)s::timestamptz[])
        AS read_before(sku, following, noted) USING (sku, following)
    WHERE stored.noted = read_before.noted
    ORDER BY stored.following, stored.sku
    FOR UPDATE OF stored
), cleared AS (
    DELETE FROM public.stale_cache_entry AS stored USING unchanged
    WHERE stored.sku = unchanged.sku AND stored.following = unchanged.following
    RETURNING stored.sku
)
INSERT INTO public.stale_cache_entry AS stored (sku, following, noted)
SELECT sku, true, clock_timestamp() FROM unnest(%(remainder)s::text[]) AS remainder(sku)
WHERE EXISTS (SELECT FROM cleared) {_UPSERT}
"""  # noqa: S608


class StaleRow(NamedTuple):
    """A row as it was read; if it was marked again since, `clear` does not delete it."""

    sku: str
    following: bool
    noted: Any


class Remainder(NamedTuple):
    """The articles after a SKU, which remain stale when a row with `following` is cleared."""

    sku: str


def mark(connection: Connection, skus: Sequence[str] | None) -> None:
    """Mark these articles, or with None all of them, as stale."""
    connection.execute(
        _MARK.encode(), {"skus": [""] if skus is None else skus, "following": skus is None}
    )


def next_entries(connection: Connection) -> StaleEntries | None:
    """Return the next stale articles with their current values, or None without any."""
    found = [StaleRow(*row) for row in connection.execute(_NEXT, (ARTICLES_AT_ONCE,))]
    single = [row for row in found if not row.following]
    if single:
        return StaleEntries(_current(connection, [row.sku for row in single]), single)
    if not found:
        return None
    whole = found[0]
    limits = {"sku": whole.sku, "limit": ARTICLES_AT_ONCE}
    skus = [sku for (sku,) in connection.execute(_FOLLOWING, limits)]
    remainder = [Remainder(skus[-1])] if len(skus) == ARTICLES_AT_ONCE else []
    return StaleEntries(_current(connection, skus), [whole, *remainder])


def clear(connection: Connection, stale: StaleEntries) -> None:
    """Delete the rows of entries that were written to the cache."""
    written = [row for row in stale.rows if isinstance(row, StaleRow)]
    values = {
        "skus": [row.sku for row in written],
        "following": [row.following for row in written],
        "noted": [row.noted for row in written],
        "remainder": [row.sku for row in stale.rows if isinstance(row, Remainder)],
    }
    connection.execute(_CLEAR.encode(), values)


def _current(connection: Connection, skus: list[str]) -> list[CacheEntry]:
    return [CacheEntry(*row) for row in connection.execute(_CURRENT, {"skus": skus})]
