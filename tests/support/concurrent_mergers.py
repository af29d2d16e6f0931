"""Merges batches at the same time, each worker on its own connection, as processors do."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

from catalog_runtime.database import Database
from catalog_runtime.login import GivenLogin
from catalog_runtime.secrets import Credentials
from inventory_processor.inventory import Change, reduce_batch
from inventory_processor.ports import EffectError
from inventory_processor.postgres import PostgresStockStore
from support.races import Race
from support.servers import PASSWORD, Server, connect, database_settings

APPLICATION = "worker"
ATTEMPTS = 20
LIMIT_SECONDS = 20.0


class ConcurrentMergers:
    """So many processors, which may lose their connections."""

    def __init__(self, server: Server, count: int) -> None:
        login = GivenLogin(Credentials("postgres", PASSWORD))
        settings = database_settings(server.port)
        self._stores = [
            PostgresStockStore(Database(settings, login, application=APPLICATION))
            for _ in range(count)
        ]
        self._executor = ThreadPoolExecutor(count)
        self._admin = connect(server)
        self.killed = self.killed_at_work = 0

    def __enter__(self) -> ConcurrentMergers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._executor.shutdown()
        for store in self._stores:
            store.close()
        self._admin.close()

    def merge(self, workers: Sequence[Sequence[Sequence[Change]]]) -> int:
        """Merge each worker's batches, all workers at once; the number of rows changed."""
        return sum(each.result() for each in self._begin(workers))

    def race(self, race: Race, *, kills: int = 0) -> None:
        """Store what was there before, then let the workers race from one starting line.

        Meanwhile, `kills` times every connection is terminated.
        """
        self.merge([[race.first]])
        with self._admin.transaction():
            # A statement takes its snapshot before it waits for the table.
            self._admin.execute("LOCK TABLE public.stock_level")
            running = self._begin(race.workers)
            self._wait_until_blocked(len(race.workers))
        for _ in range(kills):
            self._kill()
        for each in running:
            each.result()

    def deliver_again(self, race: Race, chance: random.Random) -> int:
        """Everything once more, in another order and other batches; the number of rows changed."""
        again = []
        for _ in race.workers:
            changes = race.changes
            chance.shuffle(changes)
            again.append([changes[::2], changes[1::2]])
        return self.merge(again)

    def _begin(self, workers: Sequence[Sequence[Sequence[Change]]]) -> list[Future[int]]:
        return [
            self._executor.submit(self._lane, number, batches)
            for number, batches in enumerate(workers)
        ]

    def _wait_until_blocked(self, count: int) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while True:
            row = self._admin.execute(
                "SELECT count(*) FROM pg_locks"
                " WHERE NOT granted AND relation = 'public.stock_level'::regclass"
            ).fetchone()
            if row == (count,):
                return
            assert time.monotonic() < deadline, f"{row} of {count} workers wait"

    def _kill(self) -> None:
        killed = self._admin.execute(
            "SELECT state = 'active', pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s",
            (APPLICATION,),
        ).fetchall()
        self.killed += len(killed)
        self.killed_at_work += sum(bool(active) for active, _ in killed)

    def _lane(self, number: int, batches: Sequence[Sequence[Change]]) -> int:
        return sum(self._one(number, batch) for batch in batches)

    def _one(self, number: int, batch: Sequence[Change]) -> int:
        for _ in range(ATTEMPTS):
            # A batch that failed comes again, as from an event source.
            with contextlib.suppress(EffectError):
                return self._stores[number].apply(reduce_batch(batch)).changed
        raise AssertionError(f"failed {ATTEMPTS} times: {batch}")
