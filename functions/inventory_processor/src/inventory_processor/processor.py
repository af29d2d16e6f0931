"""The order of effects: database, then cache and archive, then dead letters."""

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
    Cache,
    CacheEntry,
    DeadLetters,
    EffectError,
    PartialWriteError,
    StockStore,
)

# A batch pays what the cache is owed for this long; the rest is left to those that follow.
REPAIR_SECONDS = 1.0
# The longest waits of the effects; README.md says what they are made of.
DATABASE_SECONDS = 26.0
CACHE_SECONDS = 3.0
ARCHIVE_SECONDS = 10.0
DEAD_LETTERS_SECONDS = 16.0
# What another chunk needs, and what another attempt to find refused events needs.
CHUNK_SECONDS = DATABASE_SECONDS + ARCHIVE_SECONDS
ISOLATION_SECONDS = DATABASE_SECONDS + ARCHIVE_SECONDS + DEAD_LETTERS_SECONDS
COUNTS = (
    "RecordsReceived",
    "EventsReceived",
    "RowsChanged",
    "RecordsMalformed",
    "CacheFailures",
    "CacheRepairs",
    "BatchFailures",
)
# A repair that goes slowly must leave enough for the effects that follow it.
REPAIR_NEEDS = REPAIR_SECONDS + DATABASE_SECONDS + ARCHIVE_SECONDS


class Deadline:
    """What is left of the invocation: better to say what is not done than to be cut off.

    Half of what there was at the beginning always counts as enough, so that a function that is
    given little time still does what it can.
    """

    def __init__(self, remaining_seconds: Callable[[], float]) -> None:
        self._remaining_seconds = remaining_seconds
        self._enough = remaining_seconds() / 2

    def is_at_least(self, seconds: float) -> bool:
        """Whether so much is left."""
        return self._remaining_seconds() >= min(seconds, self._enough)

    def must_be(self, seconds: float) -> None:
        """Raises `EffectError` unless so much is left."""
        if not self.is_at_least(seconds):
            raise EffectError(f"less than {seconds:g} s are left of the invocation")


@dataclass(frozen=True, slots=True)
class Processor:
    """Takes batches through all effects.

    A record is done when the database and the archive have it, or, if it is malformed, when the
    dead letters have it. Every effect may be repeated without harm, so a batch that failed
    half-way is simply done again.
    """

    store: StockStore
    cache: Cache
    archive: Archive
    dead_letters: DeadLetters
    metrics: Metrics
    executor: Executor

    def process(
        self, batch: Batch, remaining_seconds: Callable[[], float] = lambda: math.inf
    ) -> str | None:
        """Process a batch; the sequence number to resume from, or None when all is done.

        An effect that might not end within the remaining time is not begun.
        """
        counts = dict.fromkeys(COUNTS, 0) | {"RecordsReceived": len(batch)}
        try:
            return self._chunks(batch, counts, Deadline(remaining_seconds))
        finally:
            self.metrics.emit(counts)

    def _chunks(self, batch: Batch, counts: dict[str, int], deadline: Deadline) -> str | None:
        """One chunk after another, so that memory holds no more than one of them."""
        done = 0
        try:
            for chunk in chunks(batch):
                if done and not deadline.is_at_least(CHUNK_SECONDS):
                    first = batch[done].sequence_number
                    LOGGER.info("batch goes on later", extra=_facts(batch, resume_from=first))
                    return first
                counts["EventsReceived"] += len(chunk.items)
                resume = self._effects(chunk, counts, deadline)
                if resume is not None:
                    return resume
                done += len(chunk.records)
                # Otherwise this variable would keep it while the next one is read.
                del chunk
        except Exception as error:  # A bug, or an exception that no client's adapter knows.
            counts["BatchFailures"] = 1
            first = batch[done].sequence_number
            facts = _facts(batch, cause=type(error).__name__, resume_from=first)
            LOGGER.error("batch failed unexpectedly", extra=facts, exc_info=error)
            return first
        LOGGER.info("batch is done", extra=_facts(batch, counts=counts))
        return None

    def _effects(self, chunk: Chunk, counts: dict[str, int], deadline: Deadline) -> str | None:
        first = chunk.records[0].sequence_number
        malformed = [item for item in chunk.items if isinstance(item, Malformed)]
        valid = [item for item in chunk.items if isinstance(item, Valid)]
        resume = None
        try:
            if valid:
                outcome = self._apply(valid, counts, deadline)
                malformed, resume = _settled(malformed, outcome)
            if malformed:
                # Everything that precedes the first malformed record is done by now.
                first = malformed[0].record.sequence_number
                self._refuse(chunk, malformed, counts, deadline)
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
        deadline: Deadline,
    ) -> None:
        counts["RecordsMalformed"] += len(malformed)
        facts = _facts(chunk.records, reasons=_tally(malformed))
        LOGGER.warning("malformed records", extra=facts)
        deadline.must_be(DEAD_LETTERS_SECONDS)
        self.dead_letters.store(malformed)

    def _apply(self, valid: list[Valid], counts: dict[str, int], deadline: Deadline) -> Outcome:
        """Database first; what needs no order among itself is done side by side."""
        packing = self.executor.submit(self.archive.pack, valid)
        outcome = isolation.apply(
            self.store, valid, lambda: deadline.is_at_least(ISOLATION_SECONDS)
        )
        counts["RowsChanged"] += outcome.changed
        if not outcome.applied:
            return outcome
        deadline.must_be(ARCHIVE_SECONDS)
        if len(outcome.applied) < len(valid):
            packing = self.executor.submit(self.archive.pack, outcome.applied)
        storing = self.executor.submit(self.archive.store, packing.result())
        try:
            applied = Applied(outcome.changed, outcome.current, outcome.has_stale)
            self._tell_cache(applied, counts, deadline)
        finally:
            storing.result()
        return outcome

    def _tell_cache(self, applied: Applied, counts: dict[str, int], deadline: Deadline) -> None:
        """Bring the cache up to date, or note in the database what it lacks."""
        stale: Sequence[CacheEntry] = applied.current
        try:
            _, stale, cause = self._write(applied.current)
            if (applied.has_stale or self.cache.is_cold()) and deadline.is_at_least(REPAIR_NEEDS):
                counts["CacheRepairs"] += self._repair()
        except EffectError as error:
            cause = str(error)
        if not cause:
            return
        counts["CacheFailures"] = 1
        facts = {"cause": cause, "entries": len(stale)}
        LOGGER.warning("cache was not written", extra={"facts": facts})
        if stale:
            deadline.must_be(DATABASE_SECONDS)
            self.store.mark_stale(_skus(stale))

    def _repair(self) -> int:
        """Write some of the stale entries; the number of fields that the cache lacked.

        What fails is noted anew, behind all others, so that it holds up none of them.
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
        """The number of fields written, the entries that failed, and why. Raises `EffectError`."""
        try:
            return self.cache.write(entries), (), ""
        except PartialWriteError as error:
            return error.written, error.failed, str(error)


def _skus(entries: Iterable[CacheEntry]) -> list[str]:
    return sorted({_sku(entry.key) for entry in entries})


def _sku(key: str) -> str:
    return key.partition("{")[2].rstrip("}")


def _settled(malformed: list[Malformed], outcome: Outcome) -> tuple[list[Malformed], str | None]:
    """All that is refused before the rest, in stream order, and where the rest begins."""
    if outcome.refused:
        malformed = sorted(malformed + outcome.refused, key=lambda item: item.record.place)
    if not outcome.rest:
        return malformed, None
    begin = outcome.rest[0].record
    before = [item for item in malformed if item.record.place < begin.place]
    return before, begin.sequence_number


def _tally(malformed: list[Malformed]) -> dict[str, int]:
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
