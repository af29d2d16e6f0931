"""Generate events like those of a real catalog, and compute the expected result.

Few articles get most of the traffic (Zipf distribution). Some events come in bursts. The events are
counts, adjustments, prices, descriptions and discontinuations.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

WAREHOUSES = ("berlin", "lyon", "porto")
EVENTS_PER_SKU = 8
BURST_SHARE = 0.004
BURST = (10, 60)
TYPES = ("stock_level", "stock_adjustment", "price", "product", "discontinue")
TYPE_WEIGHTS = (42, 46, 6, 4, 2)

StockKey = tuple[str, str]
Event = dict[str, Any]


@dataclass(slots=True)
class ExpectedState:
    """Expected quantities by article and warehouse, and facts by article and name."""

    levels: dict[StockKey, int] = field(default_factory=dict)
    facts: dict[StockKey, object] = field(default_factory=dict)

    def apply(self, event: Event) -> None:
        """Apply an event. Events must be applied in the order in which they happened."""
        sku = event["sku"]
        match event["type"]:
            case "stock_level":
                self.levels[sku, event["warehouse"]] = event["quantity"]
            case "stock_adjustment":
                key = (sku, event["warehouse"])
                self.levels[key] = self.levels.get(key, 0) + event["change"]
            case "price":
                self.facts[sku, "price"] = {
                    "amount": event["amount"],
                    "currency": event["currency"],
                }
            case "product":
                self.facts[sku, "description"] = {
                    "name": event["name"],
                    "attributes": event["attributes"],
                }
            case "discontinue":
                self.facts[sku, "discontinued"] = event["discontinued"]


def generate_events(rng: random.Random, count: int, run: str, now: datetime) -> Iterator[Event]:
    """Yield `count` events in the order in which they happened, each at a different time."""
    types = rng.choices(TYPES, TYPE_WEIGHTS, k=count)
    for number, (sku, kind) in enumerate(zip(_skus(rng, count, run), types, strict=True)):
        moment = now - timedelta(milliseconds=count - number)
        yield {
            "version": 1,
            "type": kind,
            "event_id": f"{run}-{number}",
            "sku": sku,
            **_content(rng, kind),
            "occurred_at": moment.astimezone(UTC).isoformat(),
        }


def _skus(rng: random.Random, count: int, run: str) -> Iterator[str]:
    """Yield the SKU of each event: the n-th is 1/n as frequent as the first; some in bursts."""
    skus = max(1, count // EVENTS_PER_SKU)
    weights = list(itertools.accumulate(1 / rank for rank in range(1, skus + 1)))
    rest = count
    while rest:
        (number,) = rng.choices(range(skus), cum_weights=weights)
        length = rng.randint(*BURST) if rng.random() < BURST_SHARE else 1
        for _ in range(min(length, rest)):
            yield f"VERIFY-{run}-{number:06}"
        rest -= min(length, rest)


def _content(rng: random.Random, kind: str) -> Event:
    match kind:
        case "stock_level":
            return {"warehouse": rng.choice(WAREHOUSES), "quantity": rng.randrange(10_000)}
        case "stock_adjustment":
            return {"warehouse": rng.choice(WAREHOUSES), "change": rng.randrange(-20, 21)}
        case "price":
            return {"amount": rng.randrange(100_000), "currency": rng.choice(("EUR", "USD"))}
        case "product":
            return {
                "name": f"Article {rng.randrange(10_000)}",
                "attributes": {"colour": rng.choice(("grün", "red")), "watt": rng.randrange(99)},
            }
        case _:
            return {"discontinued": rng.random() < 0.7}
