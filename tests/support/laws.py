"""The laws of the contract as a model that keeps every event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from inventory_processor.inventory import Adjustment, Change, Fact, StockLevel

START = datetime(2026, 9, 21, 14, tzinfo=UTC)
StockItem = tuple[str, str]


class Model:
    """The state after a set of events, in any order and with any repetitions."""

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        self.changes = list(changes)

    def quantities(self) -> dict[StockItem, int]:
        """The newest count of each stock item, and the sum of the adjustments after it."""
        stock_items = {change[:2] for change in self.changes if not isinstance(change, Fact)}
        return {item: self._quantity(item) for item in stock_items}

    def _quantity(self, item: StockItem) -> int:
        here = [change for change in self.changes if change[:2] == item]
        counts = [change for change in here if isinstance(change, StockLevel)]
        newest = max(counts, key=lambda level: level.version, default=None)
        adjustments: dict[Any, Adjustment] = {}
        for change in here:
            if isinstance(change, Adjustment):
                known = adjustments.get(change.identity)
                if known is None or change.sequence_number < known.sequence_number:
                    adjustments[change.identity] = change
        return (newest.quantity if newest else 0) + sum(
            adjustment.change
            for adjustment in adjustments.values()
            if newest is None
            or (adjustment.occurred_at, adjustment.sequence_number) > newest.version
        )

    def facts(self) -> dict[StockItem, object]:
        """The newest value of each fact."""
        facts = [change for change in self.changes if isinstance(change, Fact)]
        ordered = sorted(facts, key=lambda fact: (fact.occurred_at, fact.sequence_number))
        return {(fact.sku, fact.name): fact.value for fact in ordered}


def moment(second: int) -> datetime:
    """So many seconds after the start of the tests' time."""
    return START + timedelta(seconds=second)


def level(
    quantity: int, second: int, number: int, sku: str = "a", warehouse: str = "x"
) -> StockLevel:
    return StockLevel(sku, warehouse, quantity, moment(second), Decimal(number))


def adjustment(
    change: int, second: int, number: int, event: str = "", sku: str = "a", warehouse: str = "x"
) -> Adjustment:
    return Adjustment(
        sku, warehouse, moment(second), event or f"e{number}", change, Decimal(number)
    )


_skus, _warehouses = st.sampled_from(["a", "a", "b"]), st.sampled_from(["x", "x", "y"])
# Few moments and ids, so that things often happen at the very same time, and often twice.
_moments = st.integers(0, 2).map(moment)


def _adjustment(sku: str, warehouse: str, at: datetime, event: int) -> Adjustment:
    # One id, one content: that much the contract asks of producers.
    return Adjustment(sku, warehouse, at, f"event-{event}", event * 7 - 5, Decimal(0))


_changes = st.one_of(
    st.builds(StockLevel, _skus, _warehouses, st.integers(0, 100), _moments, st.just(Decimal(0))),
    st.builds(_adjustment, _skus, _warehouses, _moments, st.integers(0, 2)),
    st.builds(
        Fact,
        _skus,
        st.sampled_from(["price", "discontinued"]),
        st.booleans() | st.dictionaries(st.sampled_from(["amount"]), st.integers(0, 9)),
        _moments,
        st.just(Decimal(0)),
    ),
)
_numbers = st.integers(1, 30).map(Decimal) | st.integers(1, 9).map(
    lambda part: Decimal(f"7.{part:06}")
)


@st.composite
def change_lists(draw: st.DrawFn, max_size: int = 14) -> list[Change]:
    """Changes as they are on a stream: some were put twice, no two have the same position.

    Often there is a count at the very time of an adjustment that was put twice, which is where
    the order of the stream matters most.
    """
    found: list[Change] = draw(st.lists(_changes, max_size=max_size))
    adjusted = [change for change in found if isinstance(change, Adjustment)]
    if adjusted and bool(draw(st.booleans())):
        first = adjusted[0]
        count = StockLevel(first.sku, first.warehouse, 50, first.occurred_at, Decimal(0))
        found += [count, first]
    twice = draw(st.lists(st.integers(0, max_size), max_size=4))
    found += [found[index] for index in twice if index < len(found)]
    numbers = draw(st.lists(_numbers, min_size=len(found), max_size=len(found), unique=True))
    return [
        change._replace(sequence_number=number)
        for change, number in zip(found, numbers, strict=True)
    ]
