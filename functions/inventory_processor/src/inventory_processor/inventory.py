"""The pure core: what a batch of events comes down to.

The laws of the contract (`docs/events.md`) are proven by property tests against a model that
simply keeps every event; here a batch is merely made small before the database merges it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class StockLevel(NamedTuple):
    """So many pieces were counted in a warehouse; the newest level counts."""

    sku: str
    warehouse: str
    quantity: int
    occurred_at: datetime
    sequence_number: Decimal

    @property
    def place(self) -> tuple[str, str]:
        """What it is the level of."""
        return (self.sku, self.warehouse)

    @property
    def version(self) -> tuple[datetime, Decimal]:
        """Of two levels of one place, the one with the greater version counts."""
        return (self.occurred_at, self.sequence_number)


class Adjustment(NamedTuple):
    """So many pieces came or left; it counts once, on top of the newest level before it."""

    sku: str
    warehouse: str
    occurred_at: datetime
    event_id: str
    change: int
    sequence_number: Decimal

    @property
    def identity(self) -> tuple[str, str, datetime, str]:
        """Two adjustments with one identity are one, put twice."""
        return self[:4]


class Fact(NamedTuple):
    """Something that holds for an article until a newer fact of that name; `value` is JSON."""

    sku: str
    name: str
    value: object
    occurred_at: datetime
    sequence_number: Decimal


Change = StockLevel | Adjustment | Fact


class Decision(NamedTuple):
    """A batch made small: one level per place, one fact per name, each adjustment once.

    Everything is in the order of its keys, so that concurrent batches lock rows in one order.
    """

    levels: list[StockLevel]
    adjustments: list[Adjustment]
    facts: list[Fact]


def reduce_batch(changes: Iterable[Change]) -> Decision:
    """What a batch comes down to, whatever the order of its changes.

    An adjustment that was put several times keeps its least sequence number.
    """
    levels: dict[tuple[str, str], StockLevel] = {}
    facts: dict[tuple[str, str], Fact] = {}
    adjustments: dict[tuple[str, str, datetime, str], Adjustment] = {}
    for change in changes:
        if isinstance(change, Adjustment):
            known = adjustments.get(change.identity)
            if known is None or change.sequence_number < known.sequence_number:
                adjustments[change.identity] = change
            continue
        register: dict[tuple[str, str], StockLevel | Fact]
        register = levels if isinstance(change, StockLevel) else facts  # type: ignore[assignment]
        held = register.get(change[:2])
        if held is None or change[3:] > held[3:]:
            register[change[:2]] = change
    return Decision(
        [levels[place] for place in sorted(levels)],
        [adjustments[identity] for identity in sorted(adjustments)],
        [facts[name] for name in sorted(facts)],
    )
