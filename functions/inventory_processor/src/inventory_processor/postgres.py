"""Stock levels in PostgreSQL: one statement, one round trip, one transaction per batch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from catalog_runtime.database import Connection, Database, DatabaseError
from inventory_processor.inventory import StockLevel
from inventory_processor.ports import Applied, EffectError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# A level that lost is answered with the row it lost against, so that the cache is always given
# the truth: a replayed event must not enter a cache that has lost the key. A row that another
# batch has just made newer is in neither answer; that batch tells the cache.
_APPLY = """
WITH batch AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS batch(
        sku text, warehouse text, quantity bigint, occurred_at timestamptz,
        sequence_number numeric)
), applied AS (
    INSERT INTO public.stock_level AS held
        (sku, warehouse, quantity, occurred_at, sequence_number, updated_at)
    SELECT sku, warehouse, quantity, occurred_at, sequence_number, clock_timestamp() FROM batch
    ON CONFLICT (sku, warehouse) DO UPDATE SET
        quantity = EXCLUDED.quantity,
        occurred_at = EXCLUDED.occurred_at,
        sequence_number = EXCLUDED.sequence_number,
        updated_at = EXCLUDED.updated_at
    WHERE (held.occurred_at, held.sequence_number)
        < (EXCLUDED.occurred_at, EXCLUDED.sequence_number)
    RETURNING sku, warehouse, quantity, occurred_at, sequence_number
), current AS (
    SELECT true AS changed, * FROM applied
    UNION ALL
    SELECT false, held.*
    FROM batch CROSS JOIN LATERAL (
        SELECT sku, warehouse, quantity, occurred_at, sequence_number
        FROM public.stock_level
        WHERE sku = batch.sku AND warehouse = batch.warehouse
        LIMIT 1
    ) AS held
    WHERE (held.occurred_at, held.sequence_number)
        >= (batch.occurred_at, batch.sequence_number)
)
SELECT changed, sku, warehouse, quantity,
       (extract(epoch FROM occurred_at) * 1000000)::bigint, sequence_number::text
FROM current
"""


class PostgresStockTable:
    """The table `public.stock_level`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def apply(self, levels: Sequence[StockLevel]) -> Applied:
        """See `StockTable`."""
        document = msgspec.json.encode([_row(level) for level in levels]).decode()

        def work(connection: Connection) -> list[tuple[Any, ...]]:
            return connection.execute(_APPLY, (document,), binary=True).fetchall()

        try:
            rows = self._database.run(work)
        except DatabaseError as error:
            raise EffectError(f"database: {error}") from error
        return Applied(
            changed=sum(row[0] for row in rows),
            current=[_level(*row[1:]) for row in rows],
        )

    def close(self) -> None:
        """Give the connection back to the server."""
        self._database.close()


def _level(sku: str, warehouse: str, quantity: int, time: int, sequence: str) -> StockLevel:
    return StockLevel(sku, warehouse, quantity, time, int(sequence))


def _row(level: StockLevel) -> dict[str, Any]:
    return {
        "sku": level.sku,
        "warehouse": level.warehouse,
        "quantity": level.quantity,
        # As text: PostgreSQL multiplies intervals in floating point, which loses microseconds.
        "occurred_at": _EPOCH + timedelta(microseconds=level.occurred_at_us),
        # Up to 128 digits; JSON numbers of that size are not portable.
        "sequence_number": str(level.sequence_number),
    }
