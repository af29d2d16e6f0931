"""The processing of a batch: database, then cache and archive, then dead letters."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

from catalog_runtime.logs import LOGGER
from catalog_runtime.metrics import Metrics
from inventory_processor import isolation
from inventory_processor.chunks import Chunk, chunks
from inventory_processor.events import Malformed, Valid
from inventory_processor.isolation import Outcome
from inventory_processor.kinesis import Batch, Record
from inventory_processor.ports import (
    Applied,
    Archive,
    CacheEntry,
    CatalogCache,
    DeadLetters,
    EffectError,
    PartialWriteError,
    StockStore,
)

# How long a batch repairs stale cache entries; later batches repair the rest.
REPAIR_SECONDS = 1.0
# The longest waits of the effects; README.md explains them.
DATABASE_SECONDS = 26.0
CACHE_SECONDS = 3.0
ARCHIVE_SECONDS = 10.0
DEAD_LETTERS_SECONDS = 16.0
# Time that another chunk needs, and another attempt to find refused events.
CHUNK_SECONDS = DATABASE_SECONDS + ARCHIVE_SECONDS
ISOLATION_SECONDS = DATABASE_SECONDS + ARCHIVE_SECONDS + DEAD_LETTERS_SECONDS
COUNTS = (
    "RecordsReceived",
    "EventsReceived",
    "RowsChanged",
    "EventsMalformed",
    "CacheFailures",
    "CacheRepairs",
    "BatchFailures",
)
# A slow repair must leave enough time for the effects that follow it.
REPAIR_NEEDS = REPAIR_SECONDS + DATABASE_SECONDS + ARCHIVE_SECONDS


class TimeLeft:
    """The remaining time of the invocation, to stop in order before Lambda ends it.

    Half of the initial time always counts as enough, so that a function with a short timeout still
    makes progress.
    """

    def __init__(self, remaining_seconds: Callable[[], float]) -> None:
        self._remaining_seconds = remaining_seconds
        self._enough = remaining_seconds() / 2

    def is_at_least(self, seconds: float) -> bool:
        """Return whether this much time remains."""
        return self._remaining_seconds() >= min(seconds, self._enough)

    def require(self, seconds: float) -> None:
        """Raise `EffectError` unless this much time remains."""
        if not self.is_at_least(seconds):
            raise EffectError(f"less than {seconds:g} s are left of the invocation")


@dataclass(frozen=True, slots=True)
class Processor:
    """Applies batches to all stores.

    A record is done when the database and the archive have it or, if it is malformed, when the
    dead letters have it. All effects are idempotent, so that a failed batch is repeated as a
    whole.
    """

    store: StockStore
    cache: CatalogCache
    archive: Archive
    dead_letters: DeadLetters
    metrics: Metrics
    executor: Executor

    def process(
        self, batch: Batch, remaining_seconds: Callable[[], float] = lambda: math.inf
    ) -> str | None:
        """Process a batch; return the sequence number to resume from, or None when all is done.

        An effect that might not end within the remaining time is not started.
        """
        counts = dict.fromkeys(COUNTS, 0) | {"RecordsReceived": len(batch)}
        try:
            return self._chunks(batch, counts, TimeLeft(remaining_seconds))
        finally:
            self.metrics.emit(counts)

    def _chunks(self, batch: Batch, counts: dict[str, int], time_left: TimeLeft) -> str | None:
        """Process one chunk after another, so that memory holds only one of them."""
        done = 0
        try:
            for chunk in chunks(batch):
                if done and not time_left.is_at_least(CHUNK_SECONDS):
                    first = batch[done].sequence_number
                    LOGGER.info("batch is resumed later", extra=_facts(batch, resume_from=first))
                    return first
                counts["EventsReceived"] += len(chunk.items)
                resume = self._effects(chunk, counts, time_left)
                if resume is not None:
                    return resume
                done += len(chunk.records)
                # Free the chunk before the next one is read.
                del chunk
        except Exception as error:  # A bug, or an exception that no adapter handles.
            counts["BatchFailures"] = 1
            first = batch[done].sequence_number
            facts = _facts(batch, cause=type(error).__name__, resume_from=first)
            LOGGER.error("batch failed unexpectedly", extra=facts, exc_info=error)
            return first
        LOGGER.info("batch is done", extra=_facts(batch, counts=counts))
        return None

    def _effects(self, chunk: Chunk, counts: dict[str, int], time_left: TimeLeft) -> str | None:
        first = chunk.records[0].sequence_number
        malformed = [item for item in chunk.items if isinstance(item, Malformed)]
        valid = [item for item in chunk.items if isinstance(item, Valid)]
        resume = None
        try:
            if valid:
                outcome = self._apply(valid, counts, time_left)
                malformed, resume = _with_refused(malformed, outcome)
            if malformed:
                # Everything before the first malformed record is done.
                first = malformed[0].record.sequence_number
                self._refuse(chunk, malformed, counts, time_left)
        except EffectError as error:
            counts["BatchFailures"] = 1
            facts = _facts(chunk.records, cause=str(error), resume_from=first)
            LOGGER.error("batch is not done and will be retried", extra=facts)
            return first
        return resume

    def _refuse(
        self,
        chunk: Chunk,
        malformed: list[Malformed],
        counts: dict[str, int],
        time_left: TimeLeft,
    ) -> None:
        counts["EventsMalformed"] += len(malformed)
        facts = _facts(chunk.records, reasons=_count_reasons(malformed))
        LOGGER.warning("malformed records", extra=facts)
        time_left.require(DEAD_LETTERS_SECONDS)
        self.dead_letters.store(malformed)

    def _apply(self, valid: list[Valid], counts: dict[str, int], time_left: TimeLeft) -> Outcome:
        """Write the database first, then the archive and the cache at the same time."""
        packing = self.executor.submit(self.archive.pack, valid)
        outcome = isolation.apply(
            self.store, valid, lambda: time_left.is_at_least(ISOLATION_SECONDS)
        )
        counts["RowsChanged"] += outcome.changed
        if not outcome.applied:
            return outcome
        time_left.require(ARCHIVE_SECONDS)
        if len(outcome.applied) < len(valid):
            packing = self.executor.submit(self.archive.pack, outcome.applied)
        storing = self.executor.submit(self.archive.store, packing.result())
        try:
            applied = Applied(outcome.changed, outcome.current, outcome.has_stale)
            self._update_cache(applied, counts, time_left)
        finally:
            storing.result()
        return outcome

    def _update_cache(self, applied: Applied, counts: dict[str, int], time_left: TimeLeft) -> None:
        """Update the cache, or mark its stale entries in the database."""
        stale: Sequence[CacheEntry] = applied.current
        try:
            _, stale, cause = self._write(applied.current)
            if (applied.has_stale or self.cache.is_cold()) and time_left.is_at_least(REPAIR_NEEDS):
                counts["CacheRepairs"] += self._repair()
        except EffectError as error:
            cause = str(error)
        if not cause:
            return
        counts["CacheFailures"] = 1
        facts = {"cause": cause, "entries": len(stale)}
        LOGGER.warning("cache was not written", extra={"facts": facts})
        if stale:
            time_left.require(DATABASE_SECONDS)
            self.store.mark_stale(_skus(stale))

    def _repair(self) -> int:
        """Write some of the stale entries; return the number of fields that were stale.

        Entries that fail are marked again, after all others, so that they do not block them.
        """
        if self.cache.is_cold():
            self.store.mark_stale(None)
            self.cache.mark_warm()
        written = 0
        until = time.monotonic() + REPAIR_SECONDS
        while time.monotonic() < until:
            stale = self.store.next_stale()
            if stale is None:
                break
            fields, failed, _ = self._write(stale.entries)
            written += fields
            if failed:
                self.store.mark_stale(_skus(failed))
            self.store.clear(stale)
            if failed and len(failed) == len(stale.entries):
                break
        return written

    def _write(self, entries: Sequence[CacheEntry]) -> tuple[int, Sequence[CacheEntry], str]:
        """Return the fields written, the entries that failed, and why. Raises `EffectError`."""
        try:
            return self.cache.write(entries), (), ""
        except PartialWriteError as error:
            return error.written, error.failed, str(error)


def _skus(entries: Iterable[CacheEntry]) -> list[str]:
    return sorted({_sku(entry.key) for entry in entries})


def _sku(key: str) -> str:
    return key.partition("{")[2].rstrip("}")


def _with_refused(
    malformed: list[Malformed], outcome: Outcome
) -> tuple[list[Malformed], str | None]:
    """Return all refused records before the rest, in stream order, and where the rest starts."""
    if outcome.refused:
        malformed = sorted(malformed + outcome.refused, key=lambda item: item.record.position)
    if not outcome.rest:
        return malformed, None
    begin = outcome.rest[0].record
    before = [item for item in malformed if item.record.position < begin.position]
    return before, begin.sequence_number


def _count_reasons(malformed: list[Malformed]) -> dict[str, int]:
    return dict(Counter(item.reason for item in malformed))


def _facts(batch: Sequence[Record], **facts: Any) -> dict[str, dict[str, Any]]:
    first, last = batch[0], batch[-1]
    position = {
        "shard_id": first.shard_id,
        "first": first.sequence_number,
        "last": last.sequence_number,
        "records": len(batch),
    }
    return {"facts": position | facts}
