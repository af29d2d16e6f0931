"""Stock and facts in PostgreSQL: one statement, one round trip, one transaction per batch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from catalog_runtime.database import Connection, Database, DatabaseError
from catalog_runtime.reaction import Reaction
from inventory_processor import kept_plan, stale_cache
from inventory_processor.inventory import Adjustment, Fact, ReducedBatch, StockLevel
from inventory_processor.kept_plan import KeptPlan
from inventory_processor.merge import MERGE
from inventory_processor.ports import Applied, CacheEntry, EffectError, StaleEntries

T = TypeVar("T")

# One JSON text is faster to read than many rows.
_ENTRIES = msgspec.json.Decoder(list[CacheEntry])
# Conflicts with concurrent transactions fail the batch after this long; Lambda retries it.
CONFLICT_SECONDS = 4.0


class PostgresStockStore:
    """Levels, adjustments, facts and stale entries; `database` must use REPEATABLE READ."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._plan = KeptPlan()

    def apply(self, reduced: ReducedBatch) -> Applied:
        """See `StockStore`."""
        parameters = as_parameters(reduced)

        def work(connection: Connection) -> tuple[int, str, bool, list[int]]:
            # Through RDS Proxy nothing is prepared, and DISCARD would pin its connection.
            if self._database.prepares and self._plan.is_outdated:
                connection.execute(kept_plan.DISCARD)
                self._plan.discarded()
            cursor = connection.execute(MERGE, parameters, binary=True, prepare=True)
            return cursor.fetchone() or (0, "[]", False, [])

        changed, current, has_stale, sizes = self._run(work)
        self._plan.note(sizes)
        return Applied(changed, _ENTRIES.decode(current), has_stale)

    def mark_stale(self, skus: Sequence[str] | None) -> None:
        """See `StockStore`."""
        self._run(lambda connection: stale_cache.mark(connection, skus))

    def next_stale(self) -> StaleEntries | None:
        """See `StockStore`."""
        return self._run(stale_cache.next_entries)

    def clear(self, stale: StaleEntries) -> None:
        """See `StockStore`."""
        self._run(lambda connection: stale_cache.clear(connection, stale))

    def close(self) -> None:
        """Close the connection."""
        self._database.close()

    def _run(self, work: Callable[[Connection], T]) -> T:
        started = time.monotonic()
        while True:
            try:
                return self._database.run(work)
            except DatabaseError as error:
                # The transaction read outdated rows; the next run uses a new snapshot.
                conflict = error.reaction is Reaction.REPEAT
                if not conflict or time.monotonic() - started > CONFLICT_SECONDS:
                    raise EffectError(f"database: {error}", error.reaction) from error


def as_parameters(reduced: ReducedBatch) -> dict[str, str]:
    """Return a batch as the parameters of the statement: `level_sku` holds the SKUs of all levels.

    PostgreSQL reads arrays faster than JSON, and converts and checks their elements.
    """
    facts = [
        fact._replace(value=msgspec.json.encode(fact.value).decode()) for fact in reduced.facts
    ]
    found: dict[str, str] = {}
    for name, kind, rows in (
        ("level", StockLevel, reduced.levels),
        ("adjustment", Adjustment, reduced.adjustments),
        ("fact", Fact, facts),
    ):
        columns = zip(*rows, strict=True) if rows else [()] * len(kind._fields)
        for field, column in zip(kind._fields, columns, strict=True):
            found[f"{name}_{field}"] = _array(column)
    return found


def _array(values: Sequence[object]) -> str:
    """Return values as an array literal of PostgreSQL.

    Its quotes and backslashes are those of JSON. JSON's other escapes are for control characters,
    which neither the texts of the contract nor JSON itself contain.

    https://www.postgresql.org/docs/current/arrays.html#ARRAYS-INPUT
    """
    return "{" + msgspec.json.encode(values).decode()[1:-1] + "}"
