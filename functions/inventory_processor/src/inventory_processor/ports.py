"""What the processor needs from the outside world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from catalog_runtime.reaction import Reaction
from inventory_processor.events import Malformed, Valid
from inventory_processor.inventory import Decision


class EffectError(Exception):
    """An effect did not happen, or nobody knows whether it did; it is safe to try it again.

    With `Reaction.DEAD_LETTER` the store refuses the data itself, and will do so again.
    """

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY) -> None:
        super().__init__(message)
        self.reaction = reaction


class CacheEntry(NamedTuple):
    """A field of a hash as it ought to be in the cache, and the version that it has.

    `version` is two whole numbers with a point between; the greater pair is the later one.
    """

    key: str
    field: str
    value: str
    version: str


class PartialWriteError(EffectError):
    """Some entries are not in the cache: `failed`; of the others, `written` were not there yet."""

    def __init__(self, message: str, written: int, failed: Sequence[CacheEntry]) -> None:
        super().__init__(message)
        self.written = written
        self.failed = failed


@dataclass(frozen=True, slots=True)
class Applied:
    """What the database made of a batch.

    `changed` counts rows; `current` is what holds now for everything the batch was about;
    `has_stale` tells that the cache lacks something of earlier batches.
    """

    changed: int
    current: Sequence[CacheEntry]
    has_stale: bool


@dataclass(frozen=True, slots=True)
class StaleEntries:
    """Some of what the cache lacks; `receipts` are given back when it has it."""

    entries: Sequence[CacheEntry]
    receipts: Sequence[object]


class Packed(NamedTuple):
    """An object for the archive: its name follows from what is in it."""

    name: str
    content: bytes


class StockStore(Protocol):
    """The database: what is there, and what the cache was not told of it."""

    def apply(self, decision: Decision) -> Applied:
        """Merge a batch; a repetition changes nothing. Raises `EffectError`."""
        ...

    def mark_stale(self, skus: Sequence[str] | None) -> None:
        """Note that the cache lacks these articles, or with None all. Raises `EffectError`."""
        ...

    def next_stale(self) -> StaleEntries | None:
        """Some of what the cache lacks, as it is now; None when that is nothing.

        Raises `EffectError`.
        """
        ...

    def clear(self, stale: StaleEntries) -> None:
        """Forget a stale that the cache has been paid. Raises `EffectError`."""
        ...


class Cache(Protocol):
    """A copy of the truth, quick to read."""

    def write(self, entries: Sequence[CacheEntry]) -> int:
        """Write each entry unless a later one is held; the number written.

        An entry that fails stops no other: then it raises `PartialWriteError`, and `EffectError`
        when the cache is away for all of them.
        """
        ...

    def is_cold(self) -> bool:
        """Whether the last `write` met a server that has lost, or never had, its content.

        Not for a key that was merely evicted, and not more often than a few times in minutes.
        """
        ...

    def mark_warm(self) -> None:
        """Have the cache remember that its content is cared for. Raises `EffectError`."""
        ...


class Archive(Protocol):
    """Everything that was ever accepted, for auditors."""

    def pack(self, records: Sequence[Valid]) -> Packed:
        """The object that keeps the records of one batch; equal records, equal object."""
        ...

    def store(self, packed: Packed) -> None:
        """Keep it. Raises `EffectError`."""
        ...


class DeadLetters(Protocol):
    """Everything that was refused, for whoever mends the producer."""

    def store(self, records: Sequence[Malformed]) -> None:
        """Keep the records with their reasons and tell about them. Raises `EffectError`."""
        ...
