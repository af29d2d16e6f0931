from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog_platform.verification.feed import Feed, generate
from chaos.races import add_races
from inventory_processor import kinesis
from inventory_processor.events import Valid, read
from inventory_processor.inventory import Change
from support.events import kinesis_record
from support.laws import Model

NOW = datetime(2026, 9, 21, 12, tzinfo=UTC)
ARTICLES = 30


def feed() -> Feed:
    return generate(updates=50, malformed=0, seed=1, run="r", now=NOW)


def feed_with_races() -> Feed:
    return add_races(feed(), articles=ARTICLES, seed=2, run="r", now=NOW)


def changes(payloads: list[Any]) -> list[Change]:
    records = [kinesis_record(json.loads(data), place) for place, data in enumerate(payloads)]
    items = [item for record in kinesis.read({"Records": records}) for item in read(record)]
    return [item.change for item in items if isinstance(item, Valid)]


@pytest.mark.parametrize("seed", range(20))
def test_the_result_of_bursts_is_independent_of_order_and_repetition(seed: int) -> None:
    payloads = [update.data for update in feed_with_races().updates if b"-race-" in update.data]
    rng = random.Random(seed)
    payloads += rng.sample(payloads, len(payloads) // 2)
    rng.shuffle(payloads)

    model = Model(changes(payloads))

    assert len(model.changes) == len(payloads)
    levels = {key: value for key, value in feed_with_races().levels.items() if "-race-" in key[0]}
    facts = {key: value for key, value in feed_with_races().facts.items() if "-race-" in key[0]}
    assert (model.quantities(), model.facts()) == (levels, facts)
    assert len({sku for sku, _ in levels}) == ARTICLES


def test_the_original_feed_is_unchanged() -> None:
    found = feed_with_races()

    assert found == feed_with_races()
    assert tuple(update for update in found.updates if b"-race-" not in update.data) == (
        feed().updates
    )
    assert found.levels.items() >= feed().levels.items()


def test_the_events_of_a_burst_have_several_partition_keys() -> None:
    keys = {
        update.partition_key
        for update in feed_with_races().updates
        if b"-race-000007" in update.data
    }

    assert len(keys) > 3
