"""The order of effects: database, cache, archive, dead letters."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from catalog_runtime.logs import LOGGER
from inventory_processor.events import Malformed, Valid, decode
from inventory_processor.inventory import settle
from inventory_processor.kinesis import Batch
from inventory_processor.metrics import Metrics
from inventory_processor.ports import Archive, DeadLetters, EffectError, StockCache, StockTable


@dataclass(frozen=True, slots=True)
class Processor:
    """Takes batches through all effects.

    A record is done when the database and the archive have it, or, if it is malformed, when the
    dead letters have it. Every effect may be repeated without harm, so a batch that failed
    half-way is simply done again.
    """

    table: StockTable
    cache: StockCache
    archive: Archive
    dead_letters: DeadLetters
    metrics: Metrics

    def process(self, batch: Batch) -> str | None:
        """Process a batch; the sequence number to resume from, or None when all is done."""
        decoded = [decode(record) for record in batch]
        valid = [item for item in decoded if isinstance(item, Valid)]
        malformed = [item for item in decoded if isinstance(item, Malformed)]
        counts = {
            "RecordsReceived": len(batch),
            "RecordsApplied": 0,
            "RecordsStale": 0,
            "RecordsMalformed": len(malformed),
            "CacheFailures": 0,
            "BatchFailures": 0,
        }
        try:
            return self._effects(batch, valid, malformed, counts)
        finally:
            self.metrics.emit(counts)

    def _effects(
        self,
        batch: Batch,
        valid: list[Valid],
        malformed: list[Malformed],
        counts: dict[str, int],
    ) -> str | None:
        first = batch[0].sequence_number
        try:
            if valid:
                self._apply(valid, counts)
                self.archive.store(valid)
            if malformed:
                # Everything that precedes the first malformed record is done by now.
                first = malformed[0].record.sequence_number
                LOGGER.warning("malformed records", extra=_facts(batch, reasons=_tally(malformed)))
                self.dead_letters.store(malformed)
        except EffectError as error:
            counts["BatchFailures"] = 1
            facts = _facts(batch, cause=str(error), resume_from=first)
            LOGGER.error("batch is not done and will be retried", extra=facts)
            return first
        LOGGER.info("batch is done", extra=_facts(batch, counts=counts))
        return None

    def _apply(self, valid: list[Valid], counts: dict[str, int]) -> None:
        newest = settle(item.level for item in valid)
        # One order for all, so that concurrent batches cannot lock each other's rows.
        applied = self.table.apply([newest[key] for key in sorted(newest)])
        counts["RecordsApplied"] = applied.changed
        counts["RecordsStale"] = len(valid) - applied.changed
        try:
            self.cache.write(applied.current)
        except EffectError as error:
            counts["CacheFailures"] = 1
            LOGGER.warning("cache was not written", extra={"facts": {"cause": str(error)}})


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
