from __future__ import annotations

import pytest

from inventory_processor import kinesis
from inventory_processor.ports import EffectError
from support.cloud import FakeS3, FakeSqs, unreachable
from support.events import kinesis_event, sequence, stock_adjustment, stock_level
from support.processor_harness import ProcessorHarness

NEW = stock_level(quantity=7, occurred_at="2026-09-21T14:00:02Z")
OLD = stock_level(quantity=3, occurred_at="2026-09-21T14:00:01Z")


def test_a_database_that_is_down_makes_the_whole_batch_come_again(around: ProcessorHarness) -> None:
    around.store.down = True

    assert around.process(b"garbage", NEW) == sequence(0)

    assert around.s3.objects == {}
    assert around.cache.contents == {}
    assert around.counts()["BatchFailures"] == 1


def test_an_archive_that_is_down_makes_the_whole_batch_come_again(around: ProcessorHarness) -> None:
    around.s3.failure = unreachable("s3")

    assert around.process(NEW, b"garbage") == sequence(0)

    assert around.sqs.messages == []


def test_a_batch_that_comes_again_after_an_archive_outage_is_applied_once(
    around: ProcessorHarness,
) -> None:
    around.s3.failure = unreachable("s3")
    around.process(NEW)
    contents = around.store.contents()
    around.s3.failure = None

    assert around.process(NEW, OLD) is None

    assert around.store.contents() == contents
    assert len(around.s3.lines("archive")) == 2
    assert around.counts()["RowsChanged"] == 0


def test_a_cache_that_is_down_is_counted_and_does_not_stop_the_batch(
    around: ProcessorHarness,
) -> None:
    around.cache.down = True

    assert around.process(NEW) is None

    assert len(around.s3.lines("archive")) == 1
    assert around.counts()["CacheFailures"] == 1


def test_what_a_cache_that_was_down_missed_is_made_up_for_by_the_next_batch_of_anything(
    around: ProcessorHarness,
) -> None:
    around.cache.down = True
    around.process(NEW, stock_adjustment(sku="SKU-2"))
    assert around.store.stale_skus == {"SKU-1", "SKU-2"}
    around.cache.down = False

    around.process(stock_level(sku="SKU-3"), start=2)

    assert around.cache.contents == {
        ("SKU-1", "BER"): "7",
        ("SKU-2", "BER"): "-2",
        ("SKU-3", "BER"): "5",
    }
    assert around.store.stale_skus == set()
    assert around.counts()["CacheRepairs"] == 2


def test_entries_that_the_cache_refuses_do_not_block_others(around: ProcessorHarness) -> None:
    around.cache.refused = {"SKU-2"}

    assert around.process(NEW, stock_level(sku="SKU-2")) is None

    assert around.cache.contents == {("SKU-1", "BER"): "7"}
    assert around.store.stale_skus == {"SKU-2"}
    counts = around.counts()
    assert (counts["CacheFailures"], counts["BatchFailures"]) == (1, 0)


def test_a_backlog_shrinks_around_entries_that_are_refused(around: ProcessorHarness) -> None:
    around.cache.down = True
    around.process(NEW, stock_level(sku="SKU-2"), stock_level(sku="SKU-3"))
    around.cache.down = False
    around.cache.refused = {"SKU-2"}

    around.process(stock_level(sku="SKU-4"), start=3)

    assert around.store.stale_skus == {"SKU-2"}
    assert around.counts()["CacheRepairs"] == 2
    around.cache.refused = set()
    around.process(stock_level(sku="SKU-4"), start=4)
    assert around.store.stale_skus == set()


def test_a_backlog_that_is_refused_as_a_whole_ends_the_repair(around: ProcessorHarness) -> None:
    around.cache.refused = {"SKU-1"}
    around.process(NEW)
    marks = around.store.marks

    around.process(stock_level(sku="SKU-2"), start=1)

    assert around.store.stale_skus == {"SKU-1"}
    assert around.store.marks == marks + 1


def test_a_cache_that_lost_its_content_gets_the_whole_catalog(around: ProcessorHarness) -> None:
    around.process(NEW, stock_level(sku="SKU-2"))
    around.cache.contents.clear()
    around.cache.known = False

    around.process(stock_level(sku="SKU-3"), start=2)

    assert {sku for sku, _ in around.cache.contents} == {"SKU-1", "SKU-2", "SKU-3"}
    assert not around.cache.is_cold()


def test_stale_entries_that_cannot_be_marked_fail_the_batch(
    around: ProcessorHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_skus: object) -> None:
        raise EffectError("database: down")

    around.cache.down = True
    monkeypatch.setattr(around.store, "mark_stale", refuse)

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
    around: ProcessorHarness, left: list[float], resume: int | None, stored: set[str]
) -> None:
    times = iter(left)
    batch = kinesis.read(kinesis_event([NEW, b"garbage"]))

    found = around.processor.process(batch, lambda: next(times))

    assert found == (None if resume is None else sequence(resume))
    assert {bucket for bucket, _ in around.s3.objects} == stored


def test_a_slow_invocation_leaves_the_repair_of_the_cache_to_others(
    around: ProcessorHarness,
) -> None:
    around.store.stale_skus = {"SKU-9"}
    times = iter([60.0, 29.0, 29.0])

    around.processor.process(kinesis.read(kinesis_event([NEW])), lambda: next(times))

    assert around.store.stale_skus == {"SKU-9"}


@pytest.mark.parametrize("service", ["s3", "sqs"])
def test_dead_letters_that_are_down_resume_from_the_first_malformed_record(
    around: ProcessorHarness, service: str
) -> None:
    around.s3.failing_bucket = "dead"
    broken: FakeS3 | FakeSqs = {"s3": around.s3, "sqs": around.sqs}[service]  # type: ignore[assignment]
    broken.failure = unreachable(service)

    assert around.process(NEW, b"garbage", OLD) == sequence(1)

    assert len(around.s3.lines("archive")) == 2


def test_a_bug_in_an_effect_is_logged_with_its_stack_and_fails_the_batch(
    around: ProcessorHarness,
) -> None:
    around.s3.failure = TypeError("a bug")

    assert around.process(NEW, OLD) == sequence(0)

    error, metrics = around.printed()
    assert (error["level"], error["exception"]) == ("ERROR", "TypeError")
    assert any("put_object" in frame for frame in error["stack"])
    assert (metrics["RecordsReceived"], metrics["BatchFailures"]) == (2, 1)


def test_a_bug_in_the_dead_letters_fails_the_batch(around: ProcessorHarness) -> None:
    around.sqs.failure = TypeError("a bug")

    assert around.process(NEW, b"garbage") == sequence(0)

    assert around.counts()["BatchFailures"] == 1
