"""Races for a feed: bursts of events about one article that are merged at the same time.

The events of a burst have partition keys of their own, so they lie on all shards and concurrent
batches meet at the same rows. What they lead to does not depend on the order in which they are
put, nor on how often a producer puts one again. Therefore no count has the time of an adjustment:
there, the sequence number decides. tests/support/races.py has such events; they are merged without
a stream, because only then can their sequence numbers be chosen.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from catalog_platform.verification.feed import Feed, Update
from catalog_platform.verification.traffic import WAREHOUSES, Event, Outcome

REPEATED_SHARE = 0.4
# More keys than shards, so that a burst is on all of them.
PARTITION_KEYS = 16


def add_races(feed: Feed, *, articles: int, seed: int, run: str, now: datetime) -> Feed:
    """The same feed with a burst about each of `articles` more articles at random places.

    The same arguments always give the same feed. `run` is part of every SKU, as in the feed's.
    """
    rng = random.Random(seed)
    outcome = Outcome(dict(feed.levels), dict(feed.facts))
    bursts: dict[int, list[Update]] = {}
    duplicates = 0
    for number in range(articles):
        events = list(_events(rng, f"VERIFY-{run}-race-{number:06}", now))
        for event in events:
            outcome.apply(event)
        again = [event for event in events if rng.random() < REPEATED_SHARE]
        duplicates += len(again)
        put = [*events, *again]
        rng.shuffle(put)
        bursts.setdefault(rng.randint(0, len(feed.updates)), []).extend(_updates(rng, put))
    updates = itertools.chain.from_iterable(
        [*bursts.get(place, ()), *feed.updates[place : place + 1]]
        for place in range(len(feed.updates) + 1)
    )
    return dataclasses.replace(
        feed,
        updates=tuple(updates),
        levels=outcome.levels,
        facts=outcome.facts,
        duplicates=feed.duplicates + duplicates,
    )


def _events(rng: random.Random, sku: str, now: datetime) -> Iterator[Event]:
    """In the order in which they happened: adjustments of one time, a count, and so on."""
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
