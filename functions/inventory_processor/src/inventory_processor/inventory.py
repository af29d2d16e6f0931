"""The pure core: which stock level counts.

Laws (proven by property tests): settling is idempotent, and neither order nor grouping of the
levels changes what it ends in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

Key = tuple[str, str]


class StockLevel(NamedTuple):
    """So many pieces of an article in a warehouse, and since when.

    `occurred_at_us` counts microseconds since 1970-01-01 UTC.
    """

    sku: str
    warehouse: str
    quantity: int
    occurred_at_us: int
    sequence_number: int

    @property
    def key(self) -> Key:
        """What it is the level of."""
        return (self.sku, self.warehouse)

    @property
    def version(self) -> tuple[int, int]:
        """Of two levels of one key, the one with the greater version counts."""
        return (self.occurred_at_us, self.sequence_number)


def settle(
    levels: Iterable[StockLevel], onto: Mapping[Key, StockLevel] | None = None
) -> dict[Key, StockLevel]:
    """The newest level of every key, starting from what is already known."""
    state = dict(onto or {})
    for level in levels:
        known = state.get(level.key)
        if known is None or level.version > known.version:
            state[level.key] = level
    return state
