"""Scenarios of concurrent transactions on the real PostgreSQL."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory_processor.inventory import Change, StockLevel, reduce_batch
from inventory_processor.ports import CacheEntry
from inventory_processor.postgres import PostgresStockStore, as_parameters
from support.earlier_statements import MERGE_WITHOUT_TOUCH, UPSERT
from support.stepping import Step, SteppedConnection


class Cache:
    """Keeps the greatest version of each field, as the real one does."""

    def __init__(self) -> None:
        self.contents: dict[tuple[str, str], tuple[tuple[int, ...], str]] = {}

    def write(self, entries: Sequence[CacheEntry]) -> None:
        for key, name, value, version in entries:
            found = tuple(map(int, version.split("."))), value
            before = self.contents.get((key, name), found)
            assert before == found or before[0] != found[0], f"two values of {key} {version}"
            self.contents[key, name] = max(before, found)

    def values(self) -> dict[tuple[str, str], str]:
        return {field: value for field, (_, value) in self.contents.items()}


@dataclass
class WorkerContext:
    """What a script works with."""

    connection: SteppedConnection
    store: PostgresStockStore
    cache: Cache
    run: int
    wait: Callable[[Step], None]

    def here(self, sku: str) -> str:
        """The SKU as it is called in this run."""
        return f"{sku}-{self.run}"

    def write_cache(self, entries: Sequence[CacheEntry]) -> None:
        self.wait(Step.CACHE)
        self.cache.write(entries)


Script = Callable[[WorkerContext], None]


@dataclass(frozen=True)
class Scenario:
    """What is stored at first, what is done concurrently, and all changes that this is about."""

    name: str
    first: tuple[Change, ...]
    scripts: tuple[Script, ...]
    changes: tuple[Change, ...]
    # An earlier processor does not write this cache. It may also leave an adjustment behind
    # that a later count includes, which changes no quantity.
    has_earlier_processor: bool = False
    # Whether the cache may lack something in the end, if it is noted in the database.
    cache_fails: bool = False
    # What is noted as stale at first: an article, or with "" all.
    noted: str | None = None


def merges(*batches: Sequence[Change], first: Sequence[Change] = (), name: str = "") -> Scenario:
    """A scenario in which batches are merged concurrently."""
    changes = (*first, *itertools.chain.from_iterable(batches))
    return Scenario(name, tuple(first), tuple(merge(*batch) for batch in batches), changes)


def merge(*changes: Change) -> Script:
    """Merge a batch; the cache is written in the same step, because versions decide there."""
    return lambda context: context.cache.write(
        context.store.apply(reduce_batch(renamed(changes, context.run))).current
    )


def upsert(level: StockLevel) -> Script:
    """A count as the processor before migration 0002 stores it."""

    def script(context: WorkerContext) -> None:
        row = level._replace(sku=context.here(level.sku))
        context.connection.execute_read_committed(UPSERT, tuple(row))

    return script


def merge_by_previous_release(*changes: Change) -> Script:
    """Merge a batch with the statement that relies on the trigger of migration 0004."""

    def script(context: WorkerContext) -> None:
        batch = as_parameters(reduce_batch(renamed(changes, context.run)))
        context.store._run(lambda connection: connection.execute(MERGE_WITHOUT_TOUCH, batch))

    return script


def merge_while_cache_is_away(*changes: Change) -> Script:
    """Merge a batch whose cache entries cannot be written, and note that."""

    def script(context: WorkerContext) -> None:
        context.store.apply(reduce_batch(renamed(changes, context.run)))
        context.store.mark_stale(sorted({context.here(change.sku) for change in changes}))

    return script


def merge_and_write_cache(*changes: Change) -> Script:
    """Merge a batch, then write the cache."""
    return lambda context: context.write_cache(
        context.store.apply(reduce_batch(renamed(changes, context.run))).current
    )


def lose_cache(context: WorkerContext) -> None:
    """The cache loses its content; who notices notes that."""
    context.wait(Step.CACHE)
    context.cache.contents.clear()
    context.store.mark_stale(None)


def repair(rounds: int) -> Script:
    """Write what the cache lacks, some of it per round."""

    def script(context: WorkerContext) -> None:
        for _ in range(rounds):
            found = context.store.next_stale()
            if found is None:
                return
            context.write_cache(found.entries)
            context.store.clear(found)

    return script


def renamed(changes: Sequence[Change], run: int) -> list[Change]:
    """The same with SKUs of their own, so that runs do not meet each other's dead rows."""
    return [change._replace(sku=f"{change.sku}-{run}") for change in changes]
