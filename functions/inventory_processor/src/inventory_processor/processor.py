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
from inventory_processor.events import Malformed, Valid, read
from inventory_processor.inventory import decide
from inventory_processor.kinesis import Batch
from inventory_processor.ports import (
    Applied,
    Archive,
    Cache,
    CacheEntry,
    DeadLetters,
    EffectError,
    PartialWriteError,
    Truth,
)

# A batch pays what the cache is owed for this long; the rest is left to those that follow.
REPAIR_SECONDS = 1.0
# The longest waits of the effects; README.md says what they are made of.
DATABASE_SECONDS = 26.0
CACHE_SECONDS = 3.0
ARCHIVE_SECONDS = 10.0
DEAD_LETTERS_SECONDS = 16.0
# A repair that goes slowly must leave enough for the effects that follow it.
REPAIR_NEEDS = REPAIR_SECONDS + DATABASE_SECONDS + ARCHIVE_SECONDS


class Time:
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

    truth: Truth
    cache: Cache
    archive: Archive
    dead_letters: DeadLetters
    metrics: Metrics
    aside: Executor

    def process(
        self, batch: Batch, remaining_seconds: Callable[[], float] = lambda: math.inf
    ) -> str | None:
        """Process a batch; the sequence number to resume from, or None when all is done.

        An effect that might not end within the remaining time is not begun.
        """
        found = [item for record in batch for item in read(record)]
        valid = [item for item in found if isinstance(item, Valid)]
        malformed = [item for item in found if isinstance(item, Malformed)]
        counts = {
            "RecordsReceived": len(batch),
            "EventsReceived": len(found),
            "RowsChanged": 0,
            "RecordsMalformed": len(malformed),
            "CacheFailures": 0,
            "CacheRepairs": 0,
            "BatchFailures": 0,
        }
        try:
            return self._effects(batch, valid, malformed, counts, Time(remaining_seconds))
        finally:
            self.metrics.emit(counts)

    def _effects(
        self,
        batch: Batch,
        valid: list[Valid],
        malformed: list[Malformed],
        counts: dict[str, int],
        time_left: Time,
    ) -> str | None:
        first = batch[0].sequence_number
        try:
            if valid:
                self._apply(valid, counts, time_left)
            if malformed:
                # Everything that precedes the first malformed record is done by now.
                first = malformed[0].record.sequence_number
                LOGGER.warning("malformed records", extra=_facts(batch, reasons=_tally(malformed)))
                time_left.must_be(DEAD_LETTERS_SECONDS)
                self.dead_letters.store(malformed)
        except EffectError as error:
            counts["BatchFailures"] = 1
            facts = _facts(batch, cause=str(error), resume_from=first)
            LOGGER.error("batch is not done and will be retried", extra=facts)
            return first
        LOGGER.info("batch is done", extra=_facts(batch, counts=counts))
        return None

    def _apply(self, valid: list[Valid], counts: dict[str, int], time_left: Time) -> None:
        """Database first; what needs no order among itself is done side by side."""
        packing = self.aside.submit(self.archive.pack, valid)
        applied = self.truth.apply(decide(item.change for item in valid))
        counts["RowsChanged"] = applied.changed
        time_left.must_be(ARCHIVE_SECONDS)
        storing = self.aside.submit(self.archive.store, packing.result())
        try:
            self._tell_cache(applied, counts, time_left)
        finally:
            storing.result()

    def _tell_cache(self, applied: Applied, counts: dict[str, int], time_left: Time) -> None:
        """Bring the cache up to date, or note in the database what it lacks."""
        stale: Sequence[CacheEntry] = applied.current
        try:
            _, stale, cause = self._write(applied.current)
            if (applied.owes or self.cache.cold()) and time_left.is_at_least(REPAIR_NEEDS):
                counts["CacheRepairs"] = self._repair()
        except EffectError as error:
            cause = str(error)
        if not cause:
            return
        counts["CacheFailures"] = 1
        facts = {"cause": cause, "entries": len(stale)}
        LOGGER.warning("cache was not written", extra={"facts": facts})
        if stale:
            time_left.must_be(DATABASE_SECONDS)
            self.truth.owe(_skus(stale))

    def _repair(self) -> int:
        """Write some of the stale entries; the number of fields that the cache lacked.

        What fails is noted anew, behind all others, so that it holds up none of them.
        """
        if self.cache.cold():
            self.truth.owe(None)
            self.cache.vouch()
        written = 0
        until = time.monotonic() + REPAIR_SECONDS
        while time.monotonic() < until:
            debt = self.truth.debt()
            if debt is None:
                break
            fields, failed, _ = self._write(debt.entries)
            written += fields
            if failed:
                self.truth.owe(_skus(failed))
            self.truth.settle(debt)
            if failed and len(failed) == len(debt.entries):
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


def _tally(malformed: list[Malformed]) -> dict[str, int]:
    return dict(Counter(item.reason for item in malformed))


def _facts(batch: Batch, **facts: Any) -> dict[str, dict[str, Any]]:
    first, last = batch[0], batch[-1]
    position = {
        "shard_id": first.shard_id,
        "first": first.sequence_number,
        "last": last.sequence_number,
        "records": len(batch),
    }
    return {"facts": position | facts}
