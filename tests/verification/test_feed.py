from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.verification.feed import MALFORMED, Feed, generate
from catalog_platform.verification.traffic import TYPES
from inventory_processor import kinesis, payload
from inventory_processor.events import Malformed, Valid, read
from support.events import kinesis_record
from support.laws import Model

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def feed(updates: int = 500, malformed: int = 5, seed: int = 1) -> Feed:
    return generate(updates=updates, malformed=malformed, seed=seed, run="r", now=NOW)


def events(made: Feed) -> list[dict[str, Any]]:
    """The valid events in the order in which they are put, unpacked by the processor's own."""
    found = []
    for update in made.updates:
        if not update.malformed:
            (record,) = kinesis.read({"Records": [kinesis_record(update.data)]})
            found += [json.loads(payload.document(part)) for part in payload.parts(record)]
    return found


@given(updates=st.integers(0, 400), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_a_feed_has_exactly_the_events_that_were_asked_for(
    updates: int, share: float, seed: int
) -> None:
    malformed = int(updates * share)
    made = feed(updates, malformed, seed)
    assert sum(update.malformed for update in made.updates) == malformed == made.malformed
    assert len(events(made)) == updates - malformed
    assert sum(len([*update.names("1")]) for update in made.updates) == updates


@given(seed=st.integers(0, 10_000))
def test_the_expected_result_is_the_one_of_the_model(seed: int) -> None:
    made = feed(seed=seed)
    records = [kinesis_record(update.data, n) for n, update in enumerate(made.updates)]
    arrived = [
        {**record, "kinesis": {**record["kinesis"], "approximateArrivalTimestamp": 2e9}}
        for record in records
    ]
    found = [item for record in kinesis.read({"Records": arrived}) for item in read(record)]
    model = Model(item.change for item in found if isinstance(item, Valid))
    assert model.quantities() == made.levels
    assert model.facts() == made.facts
    assert sum(isinstance(item, Malformed) for item in found) == made.malformed


def test_duplicates_repeat_an_earlier_event() -> None:
    made = feed(2000, 0)
    identities = [event["event_id"] for event in events(made)]
    assert len(identities) - len(set(identities)) == made.duplicates > 0


def test_some_events_arrive_after_younger_ones() -> None:
    assert feed(2000, 0).late > 0


def test_few_articles_make_most_of_the_traffic() -> None:
    counts = Counter(event["sku"] for event in events(feed(8000, 0)))
    busiest = sum(count for _, count in counts.most_common(len(counts) // 10))
    assert busiest > 8000 / 2


def test_every_type_and_every_packing_occurs() -> None:
    made = feed(5000, 0)
    assert {event["type"] for event in events(made)} == set(TYPES)
    assert any(update.parts for update in made.updates)
    assert any(update.data.startswith(payload.GZIP_MAGIC) for update in made.updates)


def test_everything_malformed_is_refused_by_the_processor() -> None:
    for content in MALFORMED:
        (record,) = kinesis.read({"Records": [kinesis_record(content)]})
        assert [type(item) for item in read(record)] == [Malformed], content[:40]


def test_the_same_arguments_give_the_same_feed() -> None:
    assert feed() == feed()


def test_more_malformed_than_updates_is_refused_with_both_bounds() -> None:
    with pytest.raises(ValueError, match="between 0 and 3, not be 4"):
        feed(3, 4)
