from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

from catalog_platform.verification.traffic import TYPES, Event, ExpectedState, generate_events

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def events(count: int, seed: int = 0) -> list[Event]:
    return list(generate_events(random.Random(seed), count, "r", NOW))


def test_events_are_in_the_order_of_their_times_and_none_is_in_the_future() -> None:
    times = [datetime.fromisoformat(event["occurred_at"]) for event in events(500)]
    assert len(set(times)) == 500
    assert times == sorted(times)
    assert times[-1] == NOW - timedelta(milliseconds=1)


def test_identities_are_unique_and_articles_belong_to_the_run() -> None:
    made = events(500)
    assert len({event["event_id"] for event in made}) == 500
    assert {event["sku"][: len("VERIFY-r-")] for event in made} == {"VERIFY-r-"}


def test_traffic_is_skewed_and_bursty_and_has_every_type() -> None:
    made = events(4000)
    counts = Counter(event["sku"] for event in made)
    assert counts.most_common(1)[0][1] > 20 * (4000 / 500)
    assert {event["type"] for event in made} == set(TYPES)


def test_the_seed_decides_everything() -> None:
    assert events(200, seed=1) == events(200, seed=1) != events(200, seed=2)


def test_a_count_replaces_an_adjustment_adds_and_a_fact_replaces() -> None:
    place = {"sku": "a", "warehouse": "w"}
    outcome = ExpectedState()
    for event in (
        {"type": "stock_adjustment", **place, "change": 3},
        {"type": "stock_level", **place, "quantity": 10},
        {"type": "stock_adjustment", **place, "change": -4},
        {"type": "price", "sku": "a", "amount": 1, "currency": "EUR"},
        {"type": "price", "sku": "a", "amount": 2, "currency": "USD"},
        {"type": "product", "sku": "a", "name": "n", "attributes": {"x": 1}},
        {"type": "discontinue", "sku": "a", "discontinued": True},
    ):
        outcome.apply(event)
    assert outcome.levels == {("a", "w"): 6}
    assert outcome.facts == {
        ("a", "price"): {"amount": 2, "currency": "USD"},
        ("a", "description"): {"name": "n", "attributes": {"x": 1}},
        ("a", "discontinued"): True,
    }
