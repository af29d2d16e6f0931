"""What the processor needs from the outside world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from inventory_processor.events import Malformed, Valid
from inventory_processor.inventory import StockLevel


class EffectError(Exception):
    """An effect did not happen, or nobody knows whether it did; it is safe to try it again."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What the database made of a batch: rows changed, and the levels that hold now."""

    changed: int
    current: Sequence[StockLevel]


class StockTable(Protocol):
    """The truth about stock."""

    def apply(self, levels: Sequence[StockLevel]) -> Applied:
        """Store each level unless a newer one is held. Keys are unique. Raises `EffectError`."""
        ...


class StockCache(Protocol):
    """A copy of the truth, quick to read."""

    def write(self, levels: Sequence[StockLevel]) -> int:
        """Write each level unless a newer one is held; the number written.

        Raises `EffectError`.
        """
        ...


class Archive(Protocol):
    """Everything that was ever accepted, for auditors."""

    def store(self, records: Sequence[Valid]) -> None:
        """Keep the records of one batch. Raises `EffectError`."""
        ...


class DeadLetters(Protocol):
    """Everything that was refused, for whoever mends the producer."""

    def store(self, records: Sequence[Malformed]) -> None:
        """Keep the records with their reasons and tell about them. Raises `EffectError`."""
        ...
