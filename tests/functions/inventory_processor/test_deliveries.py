"""What an event source may do to a stream: bisect, reshard, discard; and replays."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_runtime.database import Database
from inventory_processor.inventory import Change, Fact
from support.events import kinesis_record, stock_level
from support.faulty_processor import FAULTS, FaultyProcessor, ProcessKilledError, payload
from support.laws import Model, change_lists
from support.servers import Server

pytestmark = pytest.mark.e2e

Records = list[dict[str, Any]]
# The first two are split and merged into the others while they are read.
SHARDS = 4
REPLAYED = 1000


class Source:
    """Batches per shard, in order; what fails is bisected, resumed, or discarded."""

    def __init__(self, faulty: FaultyProcessor, shards: Sequence[Records]) -> None:
        self._faulty = faulty
        self._waiting = [deque([records] if records else []) for records in shards]
        self.discarded: Records = []

    def step(self, shard: int, size: int, then: str) -> None:
        """One batch of at most `size` records of a shard, and what happens if it fails."""
        waiting = self._waiting[shard]
        if not waiting:
            return
        whole = waiting.popleft()
        batch, rest = whole[:size], whole[size:]
        if rest:
            waiting.appendleft(rest)
        try:
            resume = self._faulty.take(batch)
        except ProcessKilledError:
            resume = batch[0]["kinesis"]["sequenceNumber"]
        if resume is None:
            return
        numbers = [record["kinesis"]["sequenceNumber"] for record in batch]
        again = batch[numbers.index(resume) :]
        if then == "discard":
            # A discarded batch may have had any of its effects, or none.
            self.discarded += again
        elif then == "bisect" and len(again) > 1:
            middle = len(again) // 2
            waiting.extendleft([again[middle:], again[:middle]])
        else:
            waiting.appendleft(again)

    def drain(self) -> None:
        """Until nothing waits."""
        while any(self._waiting):
            for shard in range(len(self._waiting)):
                self.step(shard, 10, "bisect")


def apart(changes: list[Change]) -> list[Change]:
    """The same, no two of them at the same moment unless they are one event, put twice.

    Of what happens at one moment, the order of the puts decides, and a replay is another put.
    """
    events = list(dict.fromkeys(json.dumps(_content(change), default=str) for change in changes))
    return [
        change._replace(
            occurred_at=change.occurred_at
            + timedelta(milliseconds=events.index(json.dumps(_content(change), default=str)))
        )
        for change in changes
    ]


def _content(change: Change) -> tuple[object, ...]:
    return (type(change).__name__, *change[:-1])


steps = st.lists(
    st.tuples(
        st.integers(0, SHARDS - 1),
        st.integers(1, 5),
        st.sampled_from(["bisect", "resume", "discard"]),
    ),
    max_size=30,
)


@settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change_lists(max_size=12), FAULTS, steps, st.data())
def test_what_is_bisected_resharded_discarded_and_replayed_twice_counts_once(
    schema: Server,
    database: Database,
    empty_cache: Server,
    changes: list[Change],
    faults: list[str],
    steps: list[tuple[int, int, str]],
    data: st.DataObject,
) -> None:
    faulty = FaultyProcessor(schema, database, empty_cache, faults)
    events = apart(changes)
    shards: list[Records] = [[] for _ in range(SHARDS)]
    for number, event in enumerate(events):
        shard = data.draw(st.integers(0, SHARDS - 1))
        shards[shard].append(kinesis_record(payload_of(event), number, f"shardId-{shard:012}"))

    source = Source(faulty, shards)
    for step in steps:
        source.step(*step)
    source.drain()
    replay(faulty, source.discarded, data.draw(st.integers(1, 5)))
    replay(faulty, source.discarded, data.draw(st.integers(1, 5)))
    faulty.faults.clear()
    faulty.take([kinesis_record(stock_level(sku="last"), 2 * REPLAYED)])

    stored = faulty.stored()
    quantities = {key: int(value) for key, value in stored.items() if key[1] in {"x", "y"}}
    assert quantities == Model(events).quantities()
    facts = {key: json.loads(stored[key]) for key in stored.keys() - {*quantities, ("last", "BER")}}
    assert facts == newest(events)
    assert faulty.cached() == stored
    archived = {json.dumps(line["event"]) for line in faulty.s3.lines("archive")}
    assert {json.dumps(payload_of(event)) for event in events} <= archived


def replay(faulty: FaultyProcessor, discarded: Records, size: int) -> None:
    """Put them on the stream again, where they get new positions, as often as it takes."""
    again = [
        {**record, "kinesis": {**record["kinesis"], "sequenceNumber": _later(record)}}
        for record in discarded
    ]
    source = Source(faulty, [again[at : at + size] for at in range(0, len(again), size)])
    source.drain()


def payload_of(event: Change) -> dict[str, Any]:
    """The payload of an event; the values of facts are unique."""
    return payload(event, _number(event))


def newest(events: list[Change]) -> dict[tuple[str, str], object]:
    """The facts that hold in the end, as the database has them."""
    facts = [event for event in events if isinstance(event, Fact)]
    return {
        (fact.sku, fact.name): {"amount": _number(fact), "currency": "EUR"}
        if fact.name == "price"
        else _number(fact) % 2 == 0
        for fact in sorted(facts, key=lambda fact: fact.occurred_at)
    }


def _number(event: Change) -> int:
    return event.occurred_at.microsecond // 1000


def _later(record: dict[str, Any]) -> str:
    return str(int(record["kinesis"]["sequenceNumber"]) + REPLAYED)
