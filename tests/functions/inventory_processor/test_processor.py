from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from catalog_runtime import logs
from inventory_processor import kinesis
from inventory_processor.archive import S3Archive
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.inventory import Key, StockLevel, settle
from inventory_processor.metrics import Metrics
from inventory_processor.ports import Applied, EffectError
from inventory_processor.processor import Processor
from support.cloud import FakeS3, FakeSqs, unreachable
from support.events import SHARD, kinesis_event, sequence, stock_level


@dataclass
class FakeTable:
    """The truth in memory, by the same law as the real one."""

    held: dict[Key, StockLevel] = field(default_factory=dict)
    down: bool = False

    def apply(self, levels: Sequence[StockLevel]) -> Applied:
        if self.down:
            raise EffectError("database: down")
        before, self.held = self.held, settle(levels, self.held)
        changed = sum(self.held[level.key] != before.get(level.key) for level in levels)
        return Applied(changed, [self.held[level.key] for level in levels])


@dataclass
class FakeCache:
    """A cache that believes what it is told."""

    held: dict[Key, StockLevel] = field(default_factory=dict)
    down: bool = False

    def write(self, levels: Sequence[StockLevel]) -> int:
        if self.down:
            raise EffectError("cache: down")
        self.held.update({level.key: level for level in levels})
        return len(levels)


class Surroundings:
    """A processor among stand-ins, and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        logs.configure("test", "INFO")
        self.table, self.cache = FakeTable(), FakeCache()
        self.s3, self.sqs = FakeS3(), FakeSqs()
        self.processor = Processor(
            self.table,
            self.cache,
            S3Archive(self.s3, "archive"),
            S3DeadLetters(self.s3, "dead", self.sqs, "https://queue"),
            Metrics("test"),
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

    assert around.table.held["SKU-1", "BER"].quantity == 7
    assert around.cache.held == around.table.held
    assert [line["event"]["sku"] for line in around.s3.lines("archive")] == ["SKU-1", "SKU-2"]
    assert around.sqs.messages == []


def test_out_of_order_and_duplicate_events_end_in_the_newest_level(around: Surroundings) -> None:
    around.process(NEW, OLD, NEW)

    assert around.table.held["SKU-1", "BER"].quantity == 7
    assert around.counts() == {
        "RecordsReceived": 3,
        "RecordsApplied": 1,
        "RecordsStale": 2,
        "RecordsMalformed": 0,
        "CacheFailures": 0,
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

    assert around.table.held["SKU-1", "BER"].quantity == 7
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
    around.table.down = True

    assert around.process(*[b"poison"] * 5) is None

    assert len(around.s3.lines("dead")) == 5
    assert around.counts()["RecordsMalformed"] == 5


def test_a_database_that_is_down_makes_the_whole_batch_come_again(around: Surroundings) -> None:
    around.table.down = True

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
    held = dict(around.table.held)
    around.s3.failure = None

    assert around.process(NEW, OLD) is None

    assert around.table.held == held
    assert len(around.s3.lines("archive")) == 2
    assert around.counts()["RecordsApplied"] == 0


def test_a_cache_that_is_down_is_counted_and_does_not_stop_the_batch(around: Surroundings) -> None:
    around.cache.down = True

    assert around.process(NEW) is None

    assert len(around.s3.lines("archive")) == 1
    assert around.counts()["CacheFailures"] == 1


def test_the_cache_is_told_the_database_s_truth_not_the_batch(around: Surroundings) -> None:
    around.process(NEW)
    around.cache.held.clear()

    around.process(OLD, start=1)

    assert around.cache.held["SKU-1", "BER"].quantity == 7


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
