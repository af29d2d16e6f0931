"""What the cache lacks, kept in the database until the cache has it.

A debt is an article that the cache could not be told of, or all articles that follow one: the
whole catalog is what follows the empty SKU.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from catalog_runtime.database import Connection
from inventory_processor.ports import CacheEntry, Debt

ARTICLES_AT_ONCE = 500

_NOTE = """
INSERT INTO public.cache_debt AS held (sku, following, noted)
SELECT sku, %(following)s, clock_timestamp() FROM unnest(%(skus)s::text[]) AS debt(sku)
ORDER BY sku
ON CONFLICT (sku, following) DO UPDATE SET noted = EXCLUDED.noted
"""
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
_FORGET = """
DELETE FROM public.cache_debt AS held
USING unnest(%s::text[], %s::boolean[], %s::timestamptz[]) AS paid(sku, following, noted)
WHERE held.sku = paid.sku AND held.following = paid.following AND held.noted = paid.noted
"""


class Receipt(NamedTuple):
    """One debt as it was when it was read; noted again since, it is not forgotten."""

    sku: str
    following: bool
    noted: Any


class Rest(NamedTuple):
    """After that article, more of the same debt remains."""

    sku: str


def note(connection: Connection, skus: Sequence[str] | None) -> None:
    """Note that the cache lacks these articles, or with None all of them."""
    connection.execute(_NOTE, {"skus": [""] if skus is None else skus, "following": skus is None})


def some(connection: Connection) -> Debt | None:
    """The next articles that the cache lacks, as they are now; None when it lacks nothing."""
    found = [Receipt(*row) for row in connection.execute(_SOME, (ARTICLES_AT_ONCE,))]
    single = [receipt for receipt in found if not receipt.following]
    if single:
        return Debt(_current(connection, [receipt.sku for receipt in single]), single)
    if not found:
        return None
    whole = found[0]
    limits = {"sku": whole.sku, "limit": ARTICLES_AT_ONCE}
    skus = [sku for (sku,) in connection.execute(_FOLLOWING, limits)]
    rest = [Rest(skus[-1])] if len(skus) == ARTICLES_AT_ONCE else []
    return Debt(_current(connection, skus), [whole, *rest])


def settle(connection: Connection, debt: Debt) -> None:
    """Forget what the cache now has."""
    with connection.transaction():
        for receipt in debt.receipts:
            if isinstance(receipt, Rest):
                connection.execute(_NOTE, {"skus": [receipt.sku], "following": True})
        paid = [receipt for receipt in debt.receipts if isinstance(receipt, Receipt)]
        connection.execute(_FORGET, [list(column) for column in zip(*paid, strict=True)])


def _current(connection: Connection, skus: list[str]) -> list[CacheEntry]:
    return [CacheEntry(*row) for row in connection.execute(_CURRENT, {"skus": skus})]
