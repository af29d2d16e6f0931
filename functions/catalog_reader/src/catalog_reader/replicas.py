"""Pages from read replicas of the database, which are behind it by a measured time."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

from catalog_reader.ports import Page, StoreError
from catalog_reader.postgres import OF_WAREHOUSE, Row, page_of, page_values
from catalog_runtime.database import Connection, Database, DatabaseError

# The time since the last replayed commit: an upper bound of the lag. It also grows while the
# primary commits nothing, while the replica receives nothing, and after a promotion. NULL on a
# server that has replayed nothing.
# https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-RECOVERY-CONTROL
_LAG = """
SELECT extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())::double precision
"""


class PostgresReplicas:
    """The read replicas, one of which is asked at a time; after a failure it is the next one."""

    def __init__(self, databases: Sequence[Database]) -> None:
        self._databases = deque(databases)

    def of_warehouse(
        self, warehouse: str, after: str, limit: int, longest_lag_seconds: float
    ) -> tuple[Page, float]:
        """See `ReplicaTable`."""

        def work(connection: Connection) -> tuple[float | None, list[Row]]:
            # The lag first: the page's snapshot is later, and so never older than measured.
            lag: float | None = connection.execute(_LAG).fetchall()[0][0]
            if lag is None or lag > longest_lag_seconds:
                return lag, []
            values: Any = page_values(warehouse, after, limit)
            return lag, connection.execute(OF_WAREHOUSE.encode(), values, binary=True).fetchall()

        try:
            lag, rows = self._databases[0].run(work)
        except DatabaseError as error:
            self._databases.rotate(-1)
            raise StoreError(f"replica: {error}") from error
        if lag is None or lag > longest_lag_seconds:
            self._databases.rotate(-1)
            state = "has replayed nothing" if lag is None else f"may be {lag:.1f} s behind"
            raise StoreError(f"replica: it {state}, longest lag {longest_lag_seconds} s")
        return page_of(rows, limit), max(0.0, lag)

    def close(self) -> None:
        """Close the connections."""
        for database in self._databases:
            database.close()
