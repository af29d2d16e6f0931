from __future__ import annotations

import json
from typing import Any

import pytest

from catalog_platform.verification.aggregates import aggregate
from inventory_processor import events, kinesis
from support.events import SHARD, kinesis_record, price, sequence, stock_adjustment, stock_level
from support.processor_harness import ProcessorHarness

NEW = stock_level(quantity=7, occurred_at="2026-09-21T14:00:02Z")
OLD = stock_level(quantity=3, occurred_at="2026-09-21T14:00:01Z")


def test_a_batch_reaches_database_cache_and_archive(around: ProcessorHarness) -> None:
    assert around.process(NEW, stock_level(sku="SKU-2")) is None

    assert around.store.contents()["SKU-1", "BER"] == 7
    assert around.cache.contents == {("SKU-1", "BER"): "7", ("SKU-2", "BER"): "5"}
    assert [line["event"]["sku"] for line in around.s3.lines("archive")] == ["SKU-1", "SKU-2"]
    assert around.sqs.messages == []


def test_out_of_order_and_duplicate_events_are_archived_and_end_in_the_newest_level(
    around: ProcessorHarness,
) -> None:
    around.process(NEW, OLD, NEW)

    archived = [line["sequence_number"] for line in around.s3.lines("archive")]
    assert archived == [sequence(0), sequence(1), sequence(2)]
    assert around.store.contents()["SKU-1", "BER"] == 7
    assert around.counts() == {
        "RecordsReceived": 3,
        "EventsReceived": 3,
        "RowsChanged": 1,
        "EventsMalformed": 0,
        "CacheFailures": 0,
        "CacheRepairs": 0,
        "BatchFailures": 0,
    }


def test_the_archive_key_has_date_shard_and_range(around: ProcessorHarness) -> None:
    around.process(NEW, b"malformed", OLD)

    archived = [key for bucket, key in around.s3.objects if bucket == "archive"]
    assert archived == [f"inventory/2026/09/21/{SHARD}/{sequence(0)}-{sequence(2)}.jsonl.gz"]


def test_an_archive_line_has_the_record_s_position_and_the_event(around: ProcessorHarness) -> None:
    around.process(NEW)

    assert around.s3.lines("archive") == [
        {
            "sequence_number": sequence(0),
            "shard_id": SHARD,
            "arrived_at": "2026-09-21T14:13:20.123+00:00",
            "event": NEW,
        }
    ]


def test_malformed_records_do_not_stop_the_others(around: ProcessorHarness) -> None:
    assert around.process(b"garbage", NEW, stock_level(version=2), b"\xff") is None

    assert around.store.contents()["SKU-1", "BER"] == 7
    dead = around.s3.lines("dead")
    assert [(line["sequence_number"], line["reason"]) for line in dead] == [
        (sequence(0), "not-json"),
        (sequence(2), "unknown-version"),
        (sequence(3), "not-json"),
    ]
    assert dead[2]["payload_base64"] == "/w=="
    assert {line["partition_key"] for line in dead} == {"SKU-1"}
    assert around.sqs.messages == [
        {
            "kind": "malformed",
            "count": 3,
            "bucket": "dead",
            "key": f"malformed/2026/09/21/{SHARD}/{sequence(0)}-{sequence(3)}.jsonl.gz",
            "reasons": {"not-json": 2, "unknown-version": 1},
        }
    ]


def test_a_batch_of_nothing_but_poison_is_done(around: ProcessorHarness) -> None:
    around.store.down = True

    assert around.process(*[b"poison"] * 5) is None

    assert len(around.s3.lines("dead")) == 5
    assert around.counts()["EventsMalformed"] == 5


def test_a_partition_key_that_is_no_text_does_not_stop_the_shard(around: ProcessorHarness) -> None:
    record = kinesis_record(b"garbage")
    record["kinesis"]["partitionKey"] = "a\ud800b"

    assert around.processor.process(kinesis.read({"Records": [record]})) is None

    assert around.s3.lines("dead")[0]["partition_key"] == "a?b"


def test_the_cache_gets_the_values_of_the_database_not_of_the_batch(
    around: ProcessorHarness,
) -> None:
    around.process(NEW)
    around.cache.contents.clear()

    around.process(OLD, start=1)

    assert around.cache.contents["SKU-1", "BER"] == "7"


def test_adjustments_and_facts_go_the_same_way(around: ProcessorHarness) -> None:
    around.process(NEW, stock_adjustment(occurred_at="2026-09-21T14:00:03Z"), price())

    assert around.store.contents() == {
        ("SKU-1", "BER"): 5,
        ("SKU-1", "price"): {"amount": 1999, "currency": "EUR"},
    }
    assert len(around.s3.lines("archive")) == 3


def test_parts_of_an_aggregate_are_archived_and_refused_one_by_one(
    around: ProcessorHarness,
) -> None:
    parts = [json.dumps(NEW).encode(), b"garbage", json.dumps(price()).encode()]

    assert around.process(aggregate(parts, "SKU-1")) is None

    archived, dead = around.s3.lines("archive"), around.s3.lines("dead")
    assert [line["sub_sequence_number"] for line in archived] == [0, 2]
    assert [line["sub_sequence_number"] for line in dead] == [1]
    assert dead[0]["payload_base64"] == "Z2FyYmFnZQ=="
    assert dead[0]["partition_key"] == "SKU-1"
    counts = around.counts()
    assert (counts["RecordsReceived"], counts["EventsReceived"]) == (1, 3)


def test_logs_name_the_position_and_have_no_payload(around: ProcessorHarness) -> None:
    around.process(stock_level(sku="VERY-SECRET"), b"VERY-SECRET garbage", {"type": "VERY-SECRET"})

    lines = around.printed()
    assert "VERY-SECRET" not in json.dumps(lines)
    warning, done, _metrics = lines
    assert warning["level"] == "WARNING"
    assert warning["reasons"] == {"not-json": 1, "unknown-version": 1}
    assert (done["first"], done["last"], done["shard_id"]) == (sequence(0), sequence(2), SHARD)
    assert done["environment"] == "test"


def test_a_record_that_triggers_a_bug_is_a_dead_letter_and_the_log_has_the_stack(
    around: ProcessorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = events._change

    def buggy(event: Any, record: Any) -> Any:
        return {"other": 0}["VERY-SECRET"] if event.sku == "buggy" else change(event, record)

    monkeypatch.setattr(events, "_change", buggy)

    assert around.process(NEW, stock_level(sku="buggy"), OLD) is None

    assert around.store.contents() == {("SKU-1", "BER"): 7}
    (dead_letter,) = around.s3.lines("dead")
    assert (dead_letter["sequence_number"], dead_letter["reason"]) == (
        sequence(1),
        "unexpected-error",
    )
    lines = around.printed()
    assert (lines[0]["exception"], lines[0]["sequence_number"]) == ("KeyError", sequence(1))
    assert any(frame.endswith("buggy") for frame in lines[0]["stack"])
    assert "VERY-SECRET" not in json.dumps(lines)
    assert (lines[-1]["EventsMalformed"], lines[-1]["BatchFailures"]) == (1, 0)


def test_metrics_are_one_line_in_the_embedded_format(around: ProcessorHarness) -> None:
    around.process(NEW)

    metrics = around.printed()[-1]
    (definition,) = metrics["_aws"]["CloudWatchMetrics"]
    assert definition["Namespace"] == "ProductCatalog"
    assert definition["Dimensions"] == [["Environment"]]
    assert metrics["Environment"] == "test"
    assert {metric["Name"] for metric in definition["Metrics"]} <= metrics.keys()
