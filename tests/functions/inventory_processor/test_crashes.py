"""The function dies between any two effects, and batches come again in other cuts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_runtime.database import Database
from inventory_processor import kinesis
from inventory_processor.inventory import Change
from support.events import kinesis_record, sequence, stock_level
from support.faulty_processor import FAULTS, FaultyProcessor, ProcessKilledError, payload
from support.laws import Model, change_lists
from support.servers import Server

pytestmark = pytest.mark.e2e


def deliver(faulty: FaultyProcessor, records: Sequence[dict[str, Any]], cuts: list[int]) -> None:
    """As the event source does: again and again, in smaller batches, until all is done."""
    rest = list(records)
    while rest:
        size = cuts.pop() if cuts else len(rest)
        batch, after = rest[:size], rest[size:]
        try:
            resume = faulty.take(batch)
        except ProcessKilledError:
            resume = batch[0]["kinesis"]["sequenceNumber"]
        numbers = [record["kinesis"]["sequenceNumber"] for record in batch]
        rest = (batch[numbers.index(resume) :] if resume else []) + after


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(change_lists(max_size=10), FAULTS, st.lists(st.integers(1, 4), max_size=20), st.data())
def test_however_often_it_dies_nothing_is_lost_and_nothing_is_doubled(
    schema: Server,
    database: Database,
    empty_cache: Server,
    changes: list[Change],
    faults: list[str],
    cuts: list[int],
    data: st.DataObject,
) -> None:
    faulty = FaultyProcessor(schema, database, empty_cache, faults)
    payloads: list[object] = [payload(change, n) for n, change in enumerate(changes)]
    garbage = data.draw(st.integers(0, 2))
    payloads += [b"garbage"] * garbage
    payloads = data.draw(st.permutations(payloads))
    records = [kinesis_record(body, position) for position, body in enumerate(payloads)]

    deliver(faulty, records, cuts)
    faulty.faults.clear()
    # The next batch, whatever its content, writes what the cache lacks.
    last = kinesis_record(stock_level(sku="last"), len(records))
    deliver(faulty, [last], [])

    valid = [sequence(position) for position, body in enumerate(payloads) if isinstance(body, dict)]
    model = Model(
        change._replace(sequence_number=kinesis.read({"Records": [record]})[0].position)
        for change, record in (
            (changes[n], records[position])
            for n, position in _matched(payloads, [payload(c, n) for n, c in enumerate(changes)])
        )
    )
    rows = faulty.stored()
    assert {key: int(value) for key, value in rows.items() if key[1] in {"x", "y"}} == (
        model.quantities()
    )
    assert faulty.cached() == rows
    archived = {line["sequence_number"] for line in faulty.s3.lines("archive")}
    assert archived == {*valid, sequence(len(records))}
    dead = {line["sequence_number"] for line in faulty.s3.lines("dead")}
    assert dead == {sequence(n) for n, body in enumerate(payloads) if body == b"garbage"}


def _matched(payloads: list[object], originals: list[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the stream position of each change; equal payloads are interchangeable."""
    free = list(range(len(payloads)))
    found = []
    for number, original in enumerate(originals):
        position = next(n for n in free if payloads[n] == original)
        free.remove(position)
        found.append((number, position))
    return found
