"""Statements of earlier processors, which run during a deployment and after a rollback."""

from __future__ import annotations

import pytest

from inventory_processor import postgres, stale_cache
from inventory_processor.merge import MERGE

# What the processor before migration 0002 did with each level of a batch, word for word.
UPSERT = """
INSERT INTO public.stock_level AS held
    (sku, warehouse, quantity, occurred_at, sequence_number, updated_at)
VALUES (%s, %s, %s, %s, %s, clock_timestamp())
ON CONFLICT (sku, warehouse) DO UPDATE SET
    quantity = EXCLUDED.quantity,
    occurred_at = EXCLUDED.occurred_at,
    sequence_number = EXCLUDED.sequence_number,
    updated_at = EXCLUDED.updated_at
WHERE (held.occurred_at, held.sequence_number)
    < (EXCLUDED.occurred_at, EXCLUDED.sequence_number)
RETURNING quantity
"""

_WRITES_ROW = "recounted OR coalesce(added.noted, false) AS changed"
assert MERGE.count(_WRITES_ROW) == 1
# The processor before migration 0004 did not write the row of a stock item when only the sequence
# number of a stored adjustment decreased.
MERGE_WITHOUT_TOUCH = MERGE.replace(
    _WRITES_ROW,
    "recounted OR coalesce(added.number, 0) > 0 OR coalesce(added.change, 0) <> 0 AS changed",
)


def use_cache_debt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the processor with the table name of before migration 0005."""
    for module in (postgres, stale_cache):
        for name, statement in list(vars(module).items()):
            if isinstance(statement, str) and "public.stale_cache_entry" in statement:
                renamed = statement.replace("stale_cache_entry", "cache_debt")
                monkeypatch.setattr(module, name, renamed)
