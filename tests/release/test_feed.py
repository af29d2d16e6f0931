from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.release.feed import Feed, generate

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def feed(updates: int = 500, malformed: int = 5, seed: int = 1) -> Feed:
    return generate(updates=updates, malformed=malformed, seed=seed, run="r", now=NOW)


@given(updates=st.integers(0, 400), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_a_feed_has_exactly_the_records_that_were_asked_for(
    updates: int, share: float, seed: int
) -> None:
    malformed = int(updates * share)
    made = feed(updates, malformed, seed)
    assert len(made.updates) == updates
    assert sum(update.malformed for update in made.updates) == malformed == made.malformed


@given(seed=st.integers(0, 10_000))
def test_the_levels_are_those_of_the_youngest_event_of_each_stock(seed: int) -> None:
    made = feed(seed=seed)
    events = [json.loads(update.data) for update in made.updates if not update.malformed]
    youngest: dict[tuple[str, str], tuple[str, int]] = {}
    for event in events:
        key = (event["sku"], event["warehouse"])
        candidate = (event["occurred_at"], event["quantity"])
        youngest[key] = max(youngest.get(key, candidate), candidate)
    assert {key: quantity for key, (_when, quantity) in youngest.items()} == made.levels


def test_duplicates_repeat_an_earlier_record_to_the_byte() -> None:
    made = feed(2000, 0)
    seen: set[bytes] = set()
    repeated = sum(
        update.data in seen or seen.add(update.data) is not None for update in made.updates
    )
    assert repeated == made.duplicates > 0


def test_some_events_arrive_after_younger_ones() -> None:
    assert feed(2000, 0).late > 0


def test_the_same_arguments_give_the_same_feed() -> None:
    assert feed() == feed()


def test_more_malformed_than_updates_is_refused_with_both_bounds() -> None:
    with pytest.raises(ValueError, match="between 0 and 3, not be 4"):
        feed(3, 4)
