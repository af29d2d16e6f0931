"""Runs scenarios on the real PostgreSQL, and compares their results with the model."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from catalog_runtime.database import Database
from catalog_runtime.login import GivenLogin
from catalog_runtime.secrets import Credentials
from inventory_processor.inventory import reduce_batch
from inventory_processor.postgres import PostgresStockStore
from support.interleavings import explore
from support.laws import Model
from support.scenarios import Cache, Scenario, Script, WorkerContext, renamed
from support.servers import PASSWORD, Server, connect, database_settings
from support.stepping import Scheduler, SteppedConnection, Worker

TABLES = ("stock_level", "stock_adjustment", "product_fact", "stale_cache_entry")
_STATE = """
SELECT (SELECT coalesce(json_agg(json_build_array('stock:{' || sku || '}', warehouse, quantity)),
                        '[]') FROM stock_level),
       (SELECT coalesce(json_agg(json_build_array('product:{' || sku || '}', name, value)), '[]')
        FROM product_fact),
       (SELECT coalesce(json_agg(json_build_array(sku, following)), '[]') FROM stale_cache_entry),
       (SELECT count(*) FROM stock_level AS stored WHERE adjustments <> (
            SELECT count(*) FROM stock_adjustment AS entry
            WHERE entry.sku = stored.sku AND entry.warehouse = stored.warehouse))
"""


class ModelCheck:
    """Connections for up to three workers, one that watches them, and one that looks at the end."""

    def __init__(self, server: Server, workers: int = 3) -> None:
        self._stack = contextlib.ExitStack()
        self._connections = [self._open(server) for _ in range(workers)]
        pids = [connection.info.backend_pid for connection in self._connections]
        self.scheduler = Scheduler(self._open(server), pids)
        self.server = server
        self.admin = self._open(server)
        login = GivenLogin(Credentials("postgres", PASSWORD))
        self._databases = [
            Database(database_settings(server.port), login, application=f"worker-{number}")
            for number in range(workers + 1)
        ]
        self.reader = PostgresStockStore(self._databases[-1])
        self._stack.callback(self.reader.close)
        self.runs = self.retries = self.deadlocks = 0

    def __enter__(self) -> ModelCheck:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _open(self, server: Server) -> Any:
        connection: Any = self._stack.enter_context(connect(server))
        connection.execute("SET deadlock_timeout = '20ms'")
        return connection

    def begin(self, scenario: Scenario) -> ScenarioRun:
        """Empty tables, what is stored at first, and workers that have not begun."""
        self.runs += 1
        if self.runs % 250 == 1:
            self.admin.execute(f"TRUNCATE {', '.join(TABLES)}")
        else:
            self.admin.execute("; ".join(f"DELETE FROM {table}" for table in TABLES))
        run = ScenarioRun(scenario, self, self.runs)
        if scenario.first:
            run.cache.write(
                self.reader.apply(reduce_batch(renamed(scenario.first, self.runs))).current
            )
        if scenario.noted is not None:
            self.reader.mark_stale([f"{scenario.noted}-{self.runs}"] if scenario.noted else None)
        for number, script in enumerate(scenario.scripts):
            run.add(script, self._connections[number], self._databases[number])
        return run


@dataclass
class ScenarioRun:
    """One run of a scenario."""

    scenario: Scenario
    model_check: ModelCheck
    number: int
    cache: Cache = field(default_factory=Cache)
    workers: list[Worker] = field(default_factory=list)
    _connections: list[SteppedConnection] = field(default_factory=list)

    def add(self, script: Script, connection: Any, database: Database) -> None:
        worker: Worker
        stepped = SteppedConnection(connection, lambda step: worker.wait(step))
        # The product's own way to run work, and to run it again.
        database._connection = stepped  # type: ignore[assignment]
        context = WorkerContext(
            stepped, PostgresStockStore(database), self.cache, self.number,
            lambda step: worker.wait(step),
        )  # fmt: skip
        worker = Worker(self.model_check.scheduler.changed, lambda: script(context))
        self.workers.append(worker)
        self._connections.append(stepped)

    def complaints(self) -> list[str]:
        """How the end differs from the model's."""
        failures = [code for connection in self._connections for code in connection.failures]
        self.model_check.retries += len(failures)
        self.model_check.deadlocks += failures.count("40P01")
        return [*self._end(), *self._redelivered()]

    def _end(self) -> Iterator[str]:
        model = Model(renamed(self.scenario.changes, self.number))
        levels, facts, stale, miscounted = self.model_check.admin.execute(_STATE).fetchone()
        wanted: dict[tuple[str, str], object] = {
            (f"stock:{{{sku}}}", warehouse): quantity
            for (sku, warehouse), quantity in model.quantities().items()
        } | {(f"product:{{{sku}}}", name): value for (sku, name), value in model.facts().items()}
        stored = {(key, name): value for key, name, value in [*levels, *facts]}
        if stored != wanted:
            yield f"stored {stored}, right is {wanted}"
        if self.scenario.has_earlier_processor:
            return
        if miscounted:
            yield "a stock item miscounts its adjustments"
        cached = self.cache.values()
        wrong = {field for field, value in stored.items() if cached.get(field) != _text(value)}
        if self.scenario.cache_fails:
            if unnoted := {field for field in wrong if not _noted(field[0], stale)}:
                yield f"neither cached nor noted: {unnoted}"
            yield from self._repaired(stored)
        elif wrong:
            yield f"cached {cached}, stored {stored}"

    def _repaired(self, stored: dict[tuple[str, str], object]) -> Iterator[str]:
        """What is still noted is repaired in a few rounds, and then the cache has everything."""
        for _ in range(20):
            found = self.model_check.reader.next_stale()
            if found is None:
                break
            self.cache.write(found.entries)
            self.model_check.reader.clear(found)
        else:
            yield "the stale entries never end"
        cached = self.cache.values()
        if any(cached.get(field) != _text(value) for field, value in stored.items()):
            yield f"after repair cached {cached}, stored {stored}"

    def _redelivered(self) -> Iterator[str]:
        again = self.model_check.reader.apply(
            reduce_batch(renamed(self.scenario.changes, self.number))
        )
        if again.changed:
            yield f"redelivery changed {again.changed} rows to {again.current}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _noted(key: str, stale: list[list[Any]]) -> bool:
    sku = key.partition("{")[2].rstrip("}")
    return any(sku > noted if following else sku == noted for noted, following in stale)


@dataclass
class Figures:
    """What a check came to."""

    scenarios: int = 0
    interleavings: int = 0
    retries: int = 0
    deadlocks: int = 0
    diverged: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.scenarios:,} scenarios, {self.interleavings:,} interleavings,"
            f" {self.retries:,} retries ({self.deadlocks:,} after deadlocks),"
            f" {self.diverged:,} diverged, wrong {len(self.wrong):,}"
        )


def check(model_check: ModelCheck, scenarios: Iterable[Scenario], *, reduce: bool) -> Figures:
    """Explore scenarios; every wrong interleaving is described."""
    figures = Figures()
    retries, deadlocks = model_check.retries, model_check.deadlocks
    for scenario in scenarios:
        figures.scenarios += 1
        begin = partial(model_check.begin, scenario)
        for found in explore(model_check.scheduler, begin, reduce=reduce):
            figures.interleavings += 1
            figures.diverged += found.diverged
            figures.wrong += [f"{scenario.name}: {found}: {what}" for what in found.complaints]
    figures.retries, figures.deadlocks = (
        model_check.retries - retries,
        model_check.deadlocks - deadlocks,
    )
    return figures
