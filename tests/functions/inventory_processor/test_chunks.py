from __future__ import annotations

import gzip
import json
import tracemalloc
from typing import Any

import pytest

from catalog_platform.verification.aggregates import aggregate
from inventory_processor import budget, chunks, kinesis
from inventory_processor.budget import Amount
from inventory_processor.chunks import Chunk
from inventory_processor.events import Malformed
from support.bombs import zipped_large_events
from support.events import kinesis_event, product, sequence, stock_level
from support.processor_harness import ProcessorHarness

EVENT = json.dumps(stock_level()).encode()
SMALL = Amount(bytes=10 * len(EVENT), parts=8, attributes=30)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "LIMIT", SMALL)


def cut(*payloads: object) -> list[Chunk]:
    return list(chunks.chunks(kinesis.read(kinesis_event(payloads))))


def sizes(found: list[Chunk]) -> list[tuple[int, int]]:
    return [(len(chunk.records), len(chunk.items)) for chunk in found]


def test_a_batch_that_is_small_is_one_chunk() -> None:
    assert sizes(cut(*[EVENT] * 8)) == [(8, 8)]


def test_a_batch_is_cut_by_events_by_bytes_and_by_attributes() -> None:
    large = EVENT.ljust(3 * len(EVENT))
    wide = product(attributes={f"a{n}": n for n in range(15)})

    assert sizes(cut(*[EVENT] * 17)) == [(8, 8), (8, 8), (1, 1)]
    assert sizes(cut(*[large] * 4)) == [(3, 3), (1, 1)]
    assert sizes(cut(*[gzip.compress(large)] * 4)) == [(3, 3), (1, 1)]
    assert sizes(cut(wide, wide, wide)) == [(2, 2), (1, 1)]


def test_the_parts_of_a_record_stay_together() -> None:
    five = aggregate([EVENT] * 5, "k")

    assert sizes(cut(EVENT, five, five, EVENT)) == [(2, 6), (2, 6)]


def test_a_record_that_fits_into_no_chunk_is_refused_alone_and_as_a_whole() -> None:
    packed = gzip.compress(EVENT.ljust(4 * len(EVENT)))
    bomb = aggregate([packed] * 4, "k")

    found = cut(EVENT, bomb, EVENT)

    assert sizes(found) == [(1, 1), (1, 1), (1, 1)]
    (refused,) = found[1].items
    assert isinstance(refused, Malformed)
    assert refused.reason == "too-large"
    assert refused.record == found[1].records[0]
    assert refused.record.sub_sequence_number is None


@pytest.mark.parametrize(
    "garbage", [b"garbage" * 200, b"\x1f\x8b" + b"x" * 1500, b"\xf3\x89\x9a\xc2" * 400]
)
def test_what_is_malformed_counts_as_well(garbage: bytes) -> None:
    assert len(cut(garbage, garbage, garbage)) > 1


def test_chunks_depend_on_the_content_alone() -> None:
    payloads = [EVENT, aggregate([EVENT] * 7, "k"), b"garbage", EVENT.ljust(900)] * 5

    assert cut(*payloads) == cut(*payloads)
    assert [record for chunk in cut(*payloads) for record in chunk.records] == list(
        kinesis.read(kinesis_event(payloads))
    )


def test_each_chunk_goes_through_all_effects_before_the_next_is_read(
    around: ProcessorHarness,
) -> None:
    events = [stock_level(sku=f"s{n}") for n in range(20)]

    assert around.process(*events, b"garbage") is None

    assert len(around.store.contents()) == 20
    archived = sorted(key for bucket, key in around.s3.objects if bucket == "archive")
    assert [key.rpartition("/")[2] for key in archived] == [
        f"{sequence(0)}-{sequence(7)}.jsonl.gz",
        f"{sequence(8)}-{sequence(15)}.jsonl.gz",
        f"{sequence(16)}-{sequence(19)}.jsonl.gz",
    ]
    assert len(around.s3.lines("dead")) == 1
    counts = around.counts()
    assert (counts["RecordsReceived"], counts["EventsReceived"], counts["RowsChanged"]) == (
        21, 21, 20,
    )  # fmt: skip


def test_the_same_batch_in_chunks_is_archived_as_the_same_bytes(around: ProcessorHarness) -> None:
    events = [stock_level(sku=f"s{n}") for n in range(20)]
    around.process(*events)
    first = dict(around.s3.objects)

    around.process(*events)

    assert around.s3.puts == 2 * len(first)
    assert around.s3.objects == first


def test_a_failure_resumes_from_the_chunk_that_failed(around: ProcessorHarness) -> None:
    events = [stock_level(sku=f"s{n}") for n in range(20)]
    puts = around.s3.put_object

    def put(**arguments: Any) -> None:
        if around.s3.puts == 1:
            raise TypeError("a bug")
        puts(**arguments)

    around.s3.put_object = put  # type: ignore[method-assign]

    assert around.process(*events) == sequence(8)

    assert around.counts()["BatchFailures"] == 1
    assert len(around.s3.lines("archive")) == 8


def test_when_time_runs_out_the_next_chunk_is_named(around: ProcessorHarness) -> None:
    events = [stock_level(sku=f"s{n}") for n in range(20)]
    times = iter([120.0, 100.0, 100.0, 100.0, 35.0])
    batch = kinesis.read(kinesis_event(events))

    assert around.processor.process(batch, lambda: next(times)) == sequence(16)

    assert len(around.store.contents()) == 16
    counts = around.counts()
    assert (counts["EventsReceived"], counts["BatchFailures"]) == (16, 0)


def test_no_more_than_one_chunk_is_held_at_a_time(
    around: ProcessorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, "LIMIT", Amount(2**20, 12_000, 100_000))
    record = aggregate([gzip.compress(EVENT.ljust(60_000))] * 17, "k")
    batch = kinesis.read(kinesis_event([record] * 20))

    def peak(records: int) -> int:
        tracemalloc.start()
        assert around.processor.process(batch[:records]) is None
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(20) < 1.5 * peak(1)


def test_what_would_unpack_to_a_quarter_of_a_gigabyte_is_refused_in_little_memory(
    around: ProcessorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    batch = kinesis.read(kinesis_event([zipped_large_events(), EVENT]))

    tracemalloc.start()
    assert around.processor.process(batch) is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 40 * 2**20
    assert [line["reason"] for line in around.s3.lines("dead")] == ["too-large"]
    assert len(around.s3.lines("archive")) == 1
