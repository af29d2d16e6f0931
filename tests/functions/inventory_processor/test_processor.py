from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from catalog_platform.release.aggregates import aggregate
from catalog_runtime import logs
from inventory_processor import kinesis
from inventory_processor.archive import S3Archive
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.inventory import Change, Decision, Fact
from inventory_processor.metrics import Metrics
from inventory_processor.ports import Applied, CacheEntry, Debt, EffectError
from inventory_processor.processor import Processor
from support.cloud import FakeS3, FakeSqs, unreachable
from support.events import SHARD, kinesis_event, price, sequence, stock_adjustment, stock_level
from support.laws import Model


@dataclass
class FakeTruth:
    """The truth in memory: a model that keeps everything, and what the cache is owed."""

    changes: list[Change] = field(default_factory=list)
    owed: set[str] = field(default_factory=set)
    revision: int = 0
    down: bool = False

    def held(self) -> dict[tuple[str, str], object]:
        model = Model(self.changes)
        return {**model.quantities(), **model.facts()}

    def apply(self, decision: Decision) -> Applied:
        self._reach()
        before = self.held()
        batch = [*decision.levels, *decision.adjustments, *decision.facts]
        self.changes += batch
        after = self.held()
        self.revision += 1
        keys = sorted({(change.sku, _field(change)) for change in batch})
        changed = sum(after[key] != before.get(key) for key in keys)
        return Applied(changed, [self._entry(key) for key in keys], owes=bool(self.owed))

    def owe(self, skus: Sequence[str] | None) -> None:
        self._reach()
        self.owed |= {sku for sku, _ in self.held()} if skus is None else set(skus)

    def debt(self) -> Debt | None:
        if not self.owed:
            return None
        keys = [key for key in self.held() if key[0] in self.owed]
        return Debt([self._entry(key) for key in keys], sorted(self.owed))

    def settle(self, debt: Debt) -> None:
        self.owed -= set(map(str, debt.receipts))

    def _entry(self, key: tuple[str, str]) -> CacheEntry:
        return CacheEntry(
            f"stock:{{{key[0]}}}", key[1], str(self.held()[key]), f"{self.revision}.0"
        )

    def _reach(self) -> None:
        if self.down:
            raise EffectError("database: down")


@dataclass
class FakeCache:
    """A cache that believes what it is told."""

    held: dict[tuple[str, str], str] = field(default_factory=dict)
    known: bool = True
    down: bool = False

    def write(self, entries: Sequence[CacheEntry]) -> int:
        if self.down:
            raise EffectError("cache: down")
        self.held.update({(entry.key[7:-1], entry.field): entry.value for entry in entries})
        return len(entries)

    def cold(self) -> bool:
        return not self.known

    def vouch(self) -> None:
        self.known = True


def _field(change: Change) -> str:
    return change.name if isinstance(change, Fact) else change.warehouse


class Surroundings:
    """A processor among stand-ins, and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("test", "INFO")
        self.truth, self.cache = FakeTruth(), FakeCache()
        self.s3, self.sqs = FakeS3(), FakeSqs()
        self.processor = Processor(
            self.truth,
            self.cache,
            S3Archive(self.s3, "archive"),
            S3DeadLetters(self.s3, "dead", self.sqs, "https://queue"),
            Metrics("test"),
            aside=ThreadPoolExecutor(1),
        )
        self._capsys = capsys

    def process(self, *payloads: object, start: int = 0) -> str | None:
        return self.processor.process(kinesis.read(kinesis_event(payloads, start)))

    def printed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._capsys.readouterr().out.splitlines()]

    def counts(self) -> dict[str, int]:
        metrics = [line for line in self.printed() if "_aws" in line][-1]
        return {name: metrics[name] for name in metrics if name not in {"_aws", "Environment"}}


@pytest.fixture
def around(capsys: pytest.CaptureFixture[str]) -> Surroundings:
    return Surroundings(capsys)


NEW = stock_level(quantity=7, occurred_at="2026-09-21T14:00:02Z")
OLD = stock_level(quantity=3, occurred_at="2026-09-21T14:00:01Z")


def test_a_batch_reaches_database_cache_and_archive(around: Surroundings) -> None:
    assert around.process(NEW, stock_level(sku="SKU-2")) is None

    assert around.truth.held()["SKU-1", "BER"] == 7
    assert around.cache.held == {("SKU-1", "BER"): "7", ("SKU-2", "BER"): "5"}
    assert [line["event"]["sku"] for line in around.s3.lines("archive")] == ["SKU-1", "SKU-2"]
    assert around.sqs.messages == []


def test_out_of_order_and_duplicate_events_end_in_the_newest_level(around: Surroundings) -> None:
    around.process(NEW, OLD, NEW)

    assert around.truth.held()["SKU-1", "BER"] == 7
    assert around.counts() == {
        "RecordsReceived": 3,
        "EventsReceived": 3,
        "RowsChanged": 1,
        "RecordsMalformed": 0,
        "CacheFailures": 0,
        "CacheRepairs": 0,
        "BatchFailures": 0,
    }


def test_every_valid_record_is_archived_also_the_stale_ones(around: Surroundings) -> None:
    around.process(NEW, OLD, NEW)

    assert [line["sequence_number"] for line in around.s3.lines("archive")] == [
        sequence(0),
        sequence(1),
        sequence(2),
    ]


def test_the_archive_key_tells_date_shard_and_range(around: Surroundings) -> None:
    around.process(NEW, b"malformed", OLD)

    archived = [key for bucket, key in around.s3.objects if bucket == "archive"]
    assert archived == [f"inventory/2026/09/21/{SHARD}/{sequence(0)}-{sequence(2)}.jsonl.gz"]


def test_an_archive_line_has_the_record_s_place_and_the_event(around: Surroundings) -> None:
    around.process(NEW)

    assert around.s3.lines("archive") == [
        {
            "sequence_number": sequence(0),
            "shard_id": SHARD,
            "arrived_at": "2026-09-21T14:13:20.123+00:00",
            "event": NEW,
        }
    ]


def test_the_same_batch_archived_twice_is_one_object_with_the_same_bytes(
    around: Surroundings,
) -> None:
    around.process(NEW, OLD)
    first = dict(around.s3.objects)
    around.process(NEW, OLD)

    assert around.s3.puts == 2
    assert around.s3.objects == first
    assert gzip.decompress(next(iter(first.values()))).endswith(b"}\n")


def test_malformed_records_do_not_stop_the_others(around: Surroundings) -> None:
    assert around.process(b"garbage", NEW, stock_level(version=2), b"\xff") is None

    assert around.truth.held()["SKU-1", "BER"] == 7
    dead = around.s3.lines("dead")
    assert [(line["sequence_number"], line["reason"]) for line in dead] == [
        (sequence(0), "not-json"),
        (sequence(2), "unknown-version"),
        (sequence(3), "not-json"),
    ]
    assert dead[2]["payload_base64"] == "/w=="
    assert around.sqs.messages == [
        {
            "kind": "malformed",
            "count": 3,
            "bucket": "dead",
            "key": f"malformed/2026/09/21/{SHARD}/{sequence(0)}-{sequence(3)}.jsonl.gz",
            "reasons": {"not-json": 2, "unknown-version": 1},
        }
    ]


def test_a_batch_of_nothing_but_poison_is_done(around: Surroundings) -> None:
    around.truth.down = True

    assert around.process(*[b"poison"] * 5) is None

    assert len(around.s3.lines("dead")) == 5
    assert around.counts()["RecordsMalformed"] == 5


def test_a_database_that_is_down_makes_the_whole_batch_come_again(around: Surroundings) -> None:
    around.truth.down = True

    assert around.process(b"garbage", NEW) == sequence(0)

    assert around.s3.objects == {}
    assert around.cache.held == {}
    assert around.counts()["BatchFailures"] == 1


def test_an_archive_that_is_down_makes_the_whole_batch_come_again(around: Surroundings) -> None:
    around.s3.failure = unreachable("s3")

    assert around.process(NEW, b"garbage") == sequence(0)

    assert around.sqs.messages == []


def test_a_batch_that_comes_again_after_an_archive_outage_is_applied_once(
    around: Surroundings,
) -> None:
    around.s3.failure = unreachable("s3")
    around.process(NEW)
    held = around.truth.held()
    around.s3.failure = None

    assert around.process(NEW, OLD) is None

    assert around.truth.held() == held
    assert len(around.s3.lines("archive")) == 2
    assert around.counts()["RowsChanged"] == 0


def test_a_cache_that_is_down_is_counted_and_does_not_stop_the_batch(around: Surroundings) -> None:
    around.cache.down = True

    assert around.process(NEW) is None

    assert len(around.s3.lines("archive")) == 1
    assert around.counts()["CacheFailures"] == 1


def test_the_cache_is_told_the_database_s_truth_not_the_batch(around: Surroundings) -> None:
    around.process(NEW)
    around.cache.held.clear()

    around.process(OLD, start=1)

    assert around.cache.held["SKU-1", "BER"] == "7"


def test_what_a_cache_that_was_down_missed_is_made_up_for_by_the_next_batch_of_anything(
    around: Surroundings,
) -> None:
    around.cache.down = True
    around.process(NEW, stock_adjustment(sku="SKU-2"))
    assert around.truth.owed == {"SKU-1", "SKU-2"}
    around.cache.down = False

    around.process(stock_level(sku="SKU-3"), start=2)

    assert around.cache.held == {
        ("SKU-1", "BER"): "7",
        ("SKU-2", "BER"): "-2",
        ("SKU-3", "BER"): "5",
    }
    assert around.truth.owed == set()
    assert around.counts()["CacheRepairs"] == 2


def test_a_cache_that_forgot_everything_is_told_everything(around: Surroundings) -> None:
    around.process(NEW, stock_level(sku="SKU-2"))
    around.cache.held.clear()
    around.cache.known = False

    around.process(stock_level(sku="SKU-3"), start=2)

    assert {sku for sku, _ in around.cache.held} == {"SKU-1", "SKU-2", "SKU-3"}
    assert not around.cache.cold()


def test_a_debt_that_cannot_be_noted_makes_the_batch_come_again(
    around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_skus: object) -> None:
        raise EffectError("database: down")

    around.cache.down = True
    monkeypatch.setattr(around.truth, "owe", refuse)

    assert around.process(NEW) == sequence(0)


@pytest.mark.parametrize(
    ("left", "resume", "stored"),
    [
        ([60.0, 9.0], 0, set()),
        ([60.0, 30.0, 15.0], 1, {"archive"}),
        ([60.0, 30.0, 16.0], None, {"archive", "dead"}),
        ([2.0, 1.9, 1.8], None, {"archive", "dead"}),
    ],
)
def test_what_might_not_end_in_time_is_not_begun(
    around: Surroundings, left: list[float], resume: int | None, stored: set[str]
) -> None:
    times = iter(left)
    batch = kinesis.read(kinesis_event([NEW, b"garbage"]))

    found = around.processor.process(batch, lambda: next(times))

    assert found == (None if resume is None else sequence(resume))
    assert {bucket for bucket, _ in around.s3.objects} == stored


def test_a_slow_invocation_leaves_the_repair_of_the_cache_to_others(around: Surroundings) -> None:
    around.truth.owed = {"SKU-9"}
    times = iter([60.0, 29.0, 29.0])

    around.processor.process(kinesis.read(kinesis_event([NEW])), lambda: next(times))

    assert around.truth.owed == {"SKU-9"}


def test_adjustments_and_facts_go_the_same_way(around: Surroundings) -> None:
    around.process(NEW, stock_adjustment(occurred_at="2026-09-21T14:00:03Z"), price())

    assert around.truth.held() == {
        ("SKU-1", "BER"): 5,
        ("SKU-1", "price"): {"amount": 1999, "currency": "EUR"},
    }
    assert len(around.s3.lines("archive")) == 3


def test_parts_of_an_aggregate_are_archived_and_refused_one_by_one(around: Surroundings) -> None:
    parts = [json.dumps(NEW).encode(), b"garbage", json.dumps(price()).encode()]

    assert around.process(aggregate(parts, "SKU-1")) is None

    archived, dead = around.s3.lines("archive"), around.s3.lines("dead")
    assert [line["sub_sequence_number"] for line in archived] == [0, 2]
    assert [line["sub_sequence_number"] for line in dead] == [1]
    assert dead[0]["payload_base64"] == "Z2FyYmFnZQ=="
    counts = around.counts()
    assert (counts["RecordsReceived"], counts["EventsReceived"]) == (1, 3)


@pytest.mark.parametrize("service", ["s3", "sqs"])
def test_dead_letters_that_are_down_resume_from_the_first_malformed_record(
    around: Surroundings, service: str
) -> None:
    around.s3.failing_bucket = "dead"
    broken: FakeS3 | FakeSqs = {"s3": around.s3, "sqs": around.sqs}[service]  # type: ignore[assignment]
    broken.failure = unreachable(service)

    assert around.process(NEW, b"garbage", OLD) == sequence(1)

    assert len(around.s3.lines("archive")) == 2


def test_a_bug_in_an_effect_is_not_taken_for_an_outage(around: Surroundings) -> None:
    around.s3.failure = TypeError("a bug")

    with pytest.raises(TypeError):
        around.process(NEW)

    assert around.counts()["RecordsReceived"] == 1


def test_logs_name_the_place_and_hold_no_payload(around: Surroundings) -> None:
    around.process(stock_level(sku="VERY-SECRET"), b"VERY-SECRET garbage", {"type": "VERY-SECRET"})

    lines = around.printed()
    assert "VERY-SECRET" not in json.dumps(lines)
    warning, done, _metrics = lines
    assert warning["level"] == "WARNING"
    assert warning["reasons"] == {"not-json": 1, "unknown-version": 1}
    assert (done["first"], done["last"], done["shard_id"]) == (sequence(0), sequence(2), SHARD)
    assert done["environment"] == "test"


def test_metrics_are_one_line_in_the_embedded_format(around: Surroundings) -> None:
    around.process(NEW)

    metrics = around.printed()[-1]
    (definition,) = metrics["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "ProductCatalog"
    assert definition["Dimensions"] == [["Environment"]]
    assert metrics["Environment"] == "test"
    assert {metric["Name"] for metric in definition["Metrics"]} <= metrics.keys()
