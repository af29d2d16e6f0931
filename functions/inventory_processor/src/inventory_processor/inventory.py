"""Changes of inventory, and the reduction of a batch before the database merges it. Pure.

Property tests check the laws of the contract (`docs/events.md`) against a model that keeps every
event.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple


class StockLevel(NamedTuple):
    """A counted number of pieces in a warehouse; the newest count wins."""

    sku: str
    warehouse: str
    quantity: int
    occurred_at: datetime
    sequence_number: Decimal

    @property
    def version(self) -> tuple[datetime, Decimal]:
        """Return the version; of two levels of one stock item, the greater version wins."""
        return (self.occurred_at, self.sequence_number)


class Adjustment(NamedTuple):
    """Pieces that entered or left; counted once, on top of the newest level before it."""

    sku: str
    warehouse: str
    occurred_at: datetime
    event_id: str
    change: int
    sequence_number: Decimal

    @property
    def identity(self) -> tuple[str, str, datetime, str]:
        """Return what identifies it; a repeated adjustment has the same identity."""
        return self[:4]


class Fact(NamedTuple):
    """A property of an article, valid until a newer fact of the same name; `value` is JSON."""

    sku: str
    name: str
    value: object
    occurred_at: datetime
    sequence_number: Decimal


Change = StockLevel | Adjustment | Fact


class ReducedBatch(NamedTuple):
    """A reduced batch: one level per stock item, one fact per name, each adjustment once.

    All lists are sorted by key, so that concurrent batches lock rows in the same order.
    """

    levels: list[StockLevel]
    adjustments: list[Adjustment]
    facts: list[Fact]


def reduce_batch(changes: Iterable[Change]) -> ReducedBatch:
    """Reduce a batch; the order of its changes does not matter.

    A repeated adjustment keeps its smallest sequence number.
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
        newest = register.get(change[:2])
        if newest is None or change[3:] > newest[3:]:
            register[change[:2]] = change
    return ReducedBatch(
        [levels[stock_item] for stock_item in sorted(levels)],
        [adjustments[identity] for identity in sorted(adjustments)],
        [facts[name] for name in sorted(facts)],
    )
