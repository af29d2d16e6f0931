"""Add bursts of events about one article to a feed, so that concurrent batches conflict.

The events of a burst have many partition keys, so they are spread over all shards, and concurrent
batches write the same rows. The expected result depends neither on the order in which the events
are sent nor on how often a producer sends one. Therefore no count has the same time as an
adjustment: with equal times the sequence number decides. tests/support/races.py covers equal
times; it merges events without a stream, because only then can a test choose sequence numbers.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from catalog_platform.verification.feed import Feed, Update
from catalog_platform.verification.traffic import WAREHOUSES, Event, ExpectedState

REPEATED_SHARE = 0.4
# More keys than shards, so that a burst reaches every shard.
PARTITION_KEYS = 16


def add_races(feed: Feed, *, articles: int, seed: int, run: str, now: datetime) -> Feed:
    """Return the feed with a burst for each of `articles` additional articles, at random positions.

    The same arguments always give the same feed. `run` is part of every SKU, as in `feed`.
    """
    rng = random.Random(seed)
    outcome = ExpectedState(dict(feed.levels), dict(feed.facts))
    bursts: dict[int, list[Update]] = {}
    duplicates = 0
    for number in range(articles):
        events = list(_events(rng, f"VERIFY-{run}-race-{number:06}", now))
        for event in events:
            outcome.apply(event)
        repeated = [event for event in events if rng.random() < REPEATED_SHARE]
        duplicates += len(repeated)
        sent = [*events, *repeated]
        rng.shuffle(sent)
        bursts.setdefault(rng.randint(0, len(feed.updates)), []).extend(_updates(rng, sent))
    updates = itertools.chain.from_iterable(
        [*bursts.get(index, ()), *feed.updates[index : index + 1]]
        for index in range(len(feed.updates) + 1)
    )
    return dataclasses.replace(
        feed,
        updates=tuple(updates),
        levels=outcome.levels,
        facts=outcome.facts,
        duplicates=feed.duplicates + duplicates,
    )


def _events(rng: random.Random, sku: str, now: datetime) -> Iterator[Event]:
    """Yield events in order of time: several adjustments at one time, then a count, and so on."""
    numbers = itertools.count()
    clock = now - timedelta(seconds=rng.randint(1, 3600))
    warehouses = rng.sample(WAREHOUSES, 2)

    def event(kind: str, moment: int, **content: object) -> Event:
        return {
            "version": 1,
            "type": kind,
            "event_id": f"{sku}-{next(numbers)}",
            "sku": sku,
            **content,
            "occurred_at": (clock + timedelta(microseconds=moment)).astimezone(UTC).isoformat(),
        }

    for moment in range(rng.randint(2, 5)):
        for warehouse in warehouses:
            if moment % 2:
                yield event("stock_level", moment, warehouse=warehouse, quantity=rng.randrange(99))
                continue
            for _ in range(rng.randint(1, 3)):
                change = rng.choice((-3, -1, 4))
                yield event("stock_adjustment", moment, warehouse=warehouse, change=change)
        yield event("price", moment, amount=rng.randrange(9_999), currency="EUR")


def _updates(rng: random.Random, events: list[Event]) -> Iterator[Update]:
    for event in events:
        key = f"{event['sku']}-{rng.randrange(PARTITION_KEYS)}"
        yield Update(key, json.dumps(event).encode(), malformed=False)
