"""What the cache lacks, kept in the database until the cache has it.

A stale is an article that the cache could not be told of, or all articles that follow one: the
whole catalog is what follows the empty SKU.

Concurrency, in REPEATABLE READ (see merge.py for the rule). The only decision is whether a row may
be deleted; its `noted` time is what it reads, and the row's own write serialises it:
  note, note       Each writes the row, so that its `noted` grows with each note.
  note, settle     A row that was noted again after it was read has another `noted`, and stays. The
                   articles are read after the row, so a deleted row was written to the cache with
                   everything that was committed before the note.
  settle, settle   Both delete the row; the second finds none and does not note the rest again.
  some             Reads rows and articles in separate snapshots, in this order. Later snapshots
                   only show newer revisions.
  MERGE            Only asks whether there is any row. If a batch misses one, the next finds it.
Rows are locked by SKU, single articles by `note` and `settle` alike; what follows an article is
locked in ascending order, too. So these transactions never wait for each other in a circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from catalog_runtime.database import Connection
from inventory_processor.ports import CacheEntry, StaleEntries

ARTICLES_AT_ONCE = 500

# Two notes of one article never have the same time, even when the clock is set back.
_UPSERT = """
ON CONFLICT (sku, following)
DO UPDATE SET noted = greatest(EXCLUDED.noted, held.noted + interval '1 microsecond')
"""
_NOTE = f"""
INSERT INTO public.cache_debt AS held (sku, following, noted)
SELECT sku, %(following)s, clock_timestamp() FROM unnest(%(skus)s::text[]) AS debt(sku)
ORDER BY sku {_UPSERT}
"""  # noqa: S608 - no value is part of the text
# Single articles first: they are known to be outdated, the others may merely be missing. What was
# tried in vain was noted again, and waits behind what was not tried.
_SOME = """
SELECT sku, following, noted FROM public.cache_debt ORDER BY following, noted, sku LIMIT %s
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
# The rest is noted only by the transaction that deletes the receipt's row. A row that is gone was
# settled by another transaction, which noted the rest; a row with a newer time covers the rest.
_FORGET = f"""
WITH paid AS MATERIALIZED (
    SELECT held.sku, held.following
    FROM public.cache_debt AS held
    JOIN unnest(%(skus)s::text[], %(following)s::boolean[], %(noted)s::timestamptz[])
        AS receipt(sku, following, noted) USING (sku, following)
    WHERE held.noted = receipt.noted
    ORDER BY held.following, held.sku
    FOR UPDATE OF held
), forgotten AS (
    DELETE FROM public.cache_debt AS held USING paid
    WHERE held.sku = paid.sku AND held.following = paid.following
    RETURNING held.sku
)
INSERT INTO public.cache_debt AS held (sku, following, noted)
SELECT sku, true, clock_timestamp() FROM unnest(%(rest)s::text[]) AS rest(sku)
WHERE EXISTS (SELECT FROM forgotten) {_UPSERT}
"""  # noqa: S608


class Receipt(NamedTuple):
    """One stale as it was when it was read; noted again since, it is not forgotten."""

    sku: str
    following: bool
    noted: Any


class Rest(NamedTuple):
    """After that article, more of the same stale remains."""

    sku: str


def note(connection: Connection, skus: Sequence[str] | None) -> None:
    """Note that the cache lacks these articles, or with None all of them."""
    connection.execute(
        _NOTE.encode(), {"skus": [""] if skus is None else skus, "following": skus is None}
    )


def some(connection: Connection) -> StaleEntries | None:
    """The next articles that the cache lacks, as they are now; None when it lacks nothing."""
    found = [Receipt(*row) for row in connection.execute(_SOME, (ARTICLES_AT_ONCE,))]
    single = [receipt for receipt in found if not receipt.following]
    if single:
        return StaleEntries(_current(connection, [receipt.sku for receipt in single]), single)
    if not found:
        return None
    whole = found[0]
    limits = {"sku": whole.sku, "limit": ARTICLES_AT_ONCE}
    skus = [sku for (sku,) in connection.execute(_FOLLOWING, limits)]
    rest = [Rest(skus[-1])] if len(skus) == ARTICLES_AT_ONCE else []
    return StaleEntries(_current(connection, skus), [whole, *rest])


def clear(connection: Connection, stale: StaleEntries) -> None:
    """Forget what the cache now has."""
    paid = [receipt for receipt in stale.receipts if isinstance(receipt, Receipt)]
    values = {
        "skus": [receipt.sku for receipt in paid],
        "following": [receipt.following for receipt in paid],
        "noted": [receipt.noted for receipt in paid],
        "rest": [receipt.sku for receipt in stale.receipts if isinstance(receipt, Rest)],
    }
    connection.execute(_FORGET.encode(), values)


def _current(connection: Connection, skus: list[str]) -> list[CacheEntry]:
    return [CacheEntry(*row) for row in connection.execute(_CURRENT, {"skus": skus})]
