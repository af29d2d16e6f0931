from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_platform.verification.aggregates import aggregate
from inventory_processor import isolation, kinesis
from inventory_processor.chunks import chunks
from inventory_processor.events import Valid
from inventory_processor.inventory import ReducedBatch
from inventory_processor.isolation import MOST_UNEXPECTED, Outcome
from inventory_processor.ports import Applied, CacheEntry, EffectError
from support.events import kinesis_event, sequence, stock_level
from support.processor_harness import FakeStockStore, ProcessorHarness


class Refusing(FakeStockStore):
    """As `FakeStockStore`, but fast: it keeps SKUs only."""

    def apply(self, reduced: ReducedBatch) -> Applied:
        self._check(reduced)
        self.changes += reduced.levels
        skus = [level.sku for level in reduced.levels]
        entries = [CacheEntry(f"stock:{{{sku}}}", "BER", "5", "1.0") for sku in skus]
        return Applied(len(skus), entries, has_stale=False)


def of(*skus: str) -> list[Valid]:
    (chunk,) = chunks(kinesis.read(kinesis_event([stock_level(sku=sku) for sku in skus])))
    return [item for item in chunk.items if isinstance(item, Valid)]


def apply(stock_store: FakeStockStore, *skus: str, probes: int = 10_000) -> Outcome:
    def has_time() -> bool:
        nonlocal probes
        probes -= 1
        return probes >= 0

    return isolation.apply(stock_store, of(*skus), has_time)


def skus(outcome: Outcome) -> list[str]:
    return [item.change.sku for item in outcome.applied]


def test_events_without_refusal_are_one_statement() -> None:
    stock_store = Refusing()

    outcome = apply(stock_store, *"abcdefgh")

    assert stock_store.calls == 1
    assert skus(outcome) == [*"abcdefgh"]
    assert (outcome.refused, outcome.rest, outcome.changed) == ([], [], 8)


def test_the_refused_event_is_found_and_the_others_are_applied() -> None:
    stock_store = Refusing(refused={"c"})

    outcome = apply(stock_store, *"abcdefgh")

    assert skus(outcome) == [*"abdefgh"]
    (refused,) = outcome.refused
    assert refused.record.sequence_number == sequence(2)
    assert refused.reason == "refused-by-database"
    assert "23514" in refused.detail
    assert {entry.key for entry in outcome.current} == {f"stock:{{{sku}}}" for sku in "abdefgh"}


@settings(deadline=None)
@given(st.sets(st.integers(0, 199), max_size=12))
def test_the_search_takes_few_statements(refused: set[int]) -> None:
    stock_store = Refusing(refused={f"s{number}" for number in refused})

    outcome = apply(stock_store, *(f"s{number}" for number in range(200)))

    assert len(outcome.applied) == 200 - len(refused)
    numbers = [int(item.record.sequence_number) for item in outcome.refused]
    assert numbers == sorted(int(sequence(number)) for number in refused)
    assert stock_store.calls <= 1 + 2 * len(refused) * 8


def test_a_database_that_refuses_everything_blocks_nothing() -> None:
    stock_store = Refusing(refused={*"abcd"})

    outcome = apply(stock_store, *"abcd")

    assert len(outcome.refused) == 4
    assert outcome.applied == outcome.rest == []


def test_what_there_is_no_time_for_is_the_rest() -> None:
    stock_store = Refusing(refused={"c"})

    outcome = apply(stock_store, *"abcdefgh", probes=3)

    assert skus(outcome) == ["a", "b"]
    assert outcome.refused == []
    assert [item.change.sku for item in outcome.rest] == [*"cdefgh"]


def test_an_outage_in_the_middle_of_the_search_is_an_outage() -> None:
    stock_store = Refusing(refused={"c"})

    def has_time() -> bool:
        stock_store.down = stock_store.calls >= 3
        return True

    with pytest.raises(EffectError, match="down"):
        isolation.apply(stock_store, of(*"abcd"), has_time)


def test_a_bug_that_one_event_meets_refuses_that_event() -> None:
    stock_store = Refusing(poison={"b"})

    outcome = apply(stock_store, *"abcd")

    assert skus(outcome) == [*"acd"]
    assert [(item.reason, item.detail) for item in outcome.refused] == [
        ("unexpected-error", "KeyError")
    ]


@pytest.mark.parametrize("number", [1, 3, 200])
def test_a_bug_that_every_event_meets_refuses_none(number: int) -> None:
    names = [f"s{n}" for n in range(number)]
    stock_store = Refusing(poison={*names})

    with pytest.raises(KeyError):
        apply(stock_store, *names)

    assert stock_store.calls <= 2 * MOST_UNEXPECTED + 10


def test_refused_and_malformed_records_become_dead_letters_in_stream_order(
    around: ProcessorHarness,
) -> None:
    around.store.refused = {"bad"}
    parts = [json.dumps(stock_level(sku=sku)).encode() for sku in ("x", "bad", "y")]

    assert around.process(
        stock_level(sku="bad"), b"garbage", aggregate(parts, "k"), stock_level(sku="z")
    ) is None  # fmt: skip

    assert set(around.store.contents()) == {("x", "BER"), ("y", "BER"), ("z", "BER")}
    assert {line["event"]["sku"] for line in around.s3.lines("archive")} == {"x", "y", "z"}
    assert set(around.cache.contents) == set(around.store.contents())
    found = [
        (line["sequence_number"], line.get("sub_sequence_number"), line["reason"])
        for line in around.s3.lines("dead")
    ]
    assert found == [
        (sequence(0), None, "refused-by-database"),
        (sequence(1), None, "not-json"),
        (sequence(2), 1, "refused-by-database"),
    ]
    counts = around.counts()
    assert (counts["EventsMalformed"], counts["RowsChanged"], counts["BatchFailures"]) == (3, 3, 0)


def test_a_batch_whose_search_ran_out_of_time_goes_on_where_it_stopped(
    around: ProcessorHarness,
) -> None:
    around.store.refused = {"bad"}
    times = iter([60.0, 55.0, 55.0, 20.0])
    events = [stock_level(sku=sku) for sku in ("a", "b", "bad", "d")]
    batch = kinesis.read(kinesis_event([*events[:1], b"garbage", *events[1:], b"garbage"]))

    resume = around.processor.process(batch, lambda: next(times, 20.0))

    assert resume == sequence(3)
    assert {sku for sku, _ in around.store.contents()} == {"a", "b"}
    assert [line["sequence_number"] for line in around.s3.lines("archive")] == [
        sequence(0),
        sequence(2),
    ]
    assert [line["sequence_number"] for line in around.s3.lines("dead")] == [sequence(1)]
    assert around.counts()["BatchFailures"] == 0


sku_lists = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=20)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sku_lists, st.sets(st.sampled_from("abcdef"), max_size=3), st.lists(st.integers(1, 5)))
def test_the_end_is_the_same_in_whichever_cuts_the_events_come(
    names: list[str], refused: set[str], cuts: list[int]
) -> None:
    items = of(*names)
    stock_store, at = FakeStockStore(refused=refused), 0
    dead_letters = []
    while at < len(items):
        size = cuts.pop() if cuts else len(items)
        outcome = isolation.apply(stock_store, items[at : at + size], lambda: True)
        dead_letters += outcome.refused
        at += size

    whole = FakeStockStore(refused=refused)
    isolation.apply(whole, items, lambda: True)
    assert stock_store.contents() == whole.contents()
    assert {name for name, _ in stock_store.contents()} == set(names) - refused
    assert len(dead_letters) == sum(name in refused for name in names)
