"""The processor with fake stores that can fail one by one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from catalog_runtime import logs
from catalog_runtime.metrics import Metrics
from catalog_runtime.reaction import Reaction
from inventory_processor import kinesis
from inventory_processor.archive import S3Archive
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.inventory import Change, Fact, ReducedBatch
from inventory_processor.ports import (
    Applied,
    CacheEntry,
    EffectError,
    PartialWriteError,
    StaleEntries,
)
from inventory_processor.processor import Processor
from support.cloud import FakeS3, FakeSqs
from support.events import kinesis_event
from support.laws import Model


@dataclass
class FakeStockStore:
    """A stock store in memory: a model that keeps all changes, and the stale articles."""

    changes: list[Change] = field(default_factory=list)
    stale_skus: set[str] = field(default_factory=set)
    marked_again: set[str] = field(default_factory=set)
    marks: int = 0
    revision: int = 0
    down: bool = False
    # SKUs that the database refuses, and those that trigger a bug.
    refused: set[str] = field(default_factory=set)
    poison: set[str] = field(default_factory=set)
    calls: int = 0

    def contents(self) -> dict[tuple[str, str], object]:
        model = Model(self.changes)
        return {**model.quantities(), **model.facts()}

    def apply(self, reduced: ReducedBatch) -> Applied:
        batch = self._check(reduced)
        before = self.contents()
        self.changes += batch
        after = self.contents()
        self.revision += 1
        keys = sorted({(change.sku, _field(change)) for change in batch})
        changed = sum(after[key] != before.get(key) for key in keys)
        return Applied(changed, [self._entry(key) for key in keys], has_stale=bool(self.stale_skus))

    def mark_stale(self, skus: Sequence[str] | None) -> None:
        self._reach()
        found = {sku for sku, _ in self.contents()} if skus is None else set(skus)
        self.stale_skus |= found
        self.marked_again |= found
        self.marks += 1

    def next_stale(self) -> StaleEntries | None:
        self.marked_again.clear()
        if not self.stale_skus:
            return None
        keys = [key for key in self.contents() if key[0] in self.stale_skus]
        return StaleEntries([self._entry(key) for key in keys], sorted(self.stale_skus))

    def clear(self, stale: StaleEntries) -> None:
        self.stale_skus -= set(map(str, stale.rows)) - self.marked_again

    def _entry(self, key: tuple[str, str]) -> CacheEntry:
        return CacheEntry(
            f"stock:{{{key[0]}}}", key[1], str(self.contents()[key]), f"{self.revision}.0"
        )

    def _check(self, reduced: ReducedBatch) -> list[Change]:
        self._reach()
        self.calls += 1
        batch: list[Change] = [*reduced.levels, *reduced.adjustments, *reduced.facts]
        skus = {change.sku for change in batch}
        if skus & self.poison:
            raise KeyError("a bug")
        if skus & self.refused:
            raise EffectError("database: CheckViolation 23514", Reaction.DEAD_LETTER)
        return batch

    def _reach(self) -> None:
        if self.down:
            raise EffectError("database: down")


@dataclass
class FakeCache:
    """A cache in memory."""

    contents: dict[tuple[str, str], str] = field(default_factory=dict)
    known: bool = True
    down: bool = False
    refused: set[str] = field(default_factory=set)

    def write(self, entries: Sequence[CacheEntry]) -> int:
        if self.down:
            raise EffectError("cache: down")
        failed = [entry for entry in entries if entry.key[7:-1] in self.refused]
        done = [entry for entry in entries if entry not in failed]
        self.contents.update({(entry.key[7:-1], entry.field): entry.value for entry in done})
        if failed:
            raise PartialWriteError("cache: refused", len(done), failed)
        return len(entries)

    def is_cold(self) -> bool:
        return not self.known

    def mark_warm(self) -> None:
        self.known = True


def _field(change: Change) -> str:
    return change.name if isinstance(change, Fact) else change.warehouse


class ProcessorHarness:
    """A processor with fake stores, and its output."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("test", "INFO")
        self.store, self.cache = FakeStockStore(), FakeCache()
        self.s3, self.sqs = FakeS3(), FakeSqs()
        self.processor = Processor(
            self.store,
            self.cache,
            S3Archive(self.s3, "archive"),
            S3DeadLetters(self.s3, "dead", self.sqs, "https://queue"),
            Metrics("test"),
            executor=ThreadPoolExecutor(1),
        )
        self._capsys = capsys

    def process(self, *payloads: object, start: int = 0) -> str | None:
        return self.processor.process(kinesis.read(kinesis_event(payloads, start)))

    def printed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    def counts(self) -> dict[str, int]:
        metrics = [line for line in self.printed() if "_aws" in line][-1]
        return {name: metrics[name] for name in metrics if name not in {"_aws", "Environment"}}
