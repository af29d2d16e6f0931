"""Interfaces of the stores that the processor uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from catalog_runtime.reaction import Reaction
from inventory_processor.events import Malformed, Valid
from inventory_processor.inventory import ReducedBatch


class EffectError(Exception):
    """A side effect failed or its outcome is unknown; it is safe to retry it.

    With `Reaction.DEAD_LETTER` the store refuses the data, and will do so again.
    """

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY) -> None:
        super().__init__(message)
        self.reaction = reaction


class CacheEntry(NamedTuple):
    """The current value and version of a hash field in the cache.

    `version` is two whole numbers separated by a point; the greater pair is the later one.
    """

    key: str
    field: str
    value: str
    version: str


class PartialWriteError(EffectError):
    """Entries `failed`; of the other entries, `written` were not in the cache before."""

    def __init__(self, message: str, written: int, failed: Sequence[CacheEntry]) -> None:
        super().__init__(message)
        self.written = written
        self.failed = failed


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of a batch in the database.

    `changed` counts rows; `current` has the current value of everything in the batch;
    `has_stale` is true when entries of earlier batches are stale in the cache.
    """

    changed: int
    current: Sequence[CacheEntry]
    has_stale: bool


@dataclass(frozen=True, slots=True)
class StaleEntries:
    """Some stale entries, with current values; `rows` identifies them to `StockStore.clear`."""

    entries: Sequence[CacheEntry]
    rows: Sequence[object]


class Packed(NamedTuple):
    """An object for the archive; its name is determined by its content."""

    name: str
    content: bytes


class StockStore(Protocol):
    """The database: stock, facts, and which cache entries are stale."""

    def apply(self, reduced: ReducedBatch) -> Applied:
        """Merge a batch; a repeated one changes nothing. Raises `EffectError`."""
        ...

    def mark_stale(self, skus: Sequence[str] | None) -> None:
        """Mark these articles, or with None all, as stale. Raises `EffectError`."""
        ...

    def next_stale(self) -> StaleEntries | None:
        """Return some stale entries with their current values, or None without any.

        Raises `EffectError`.
        """
        ...

    def clear(self, stale: StaleEntries) -> None:
        """Clear stale entries that were written to the cache. Raises `EffectError`."""
        ...


class CatalogCache(Protocol):
    """The cache: a fast copy of the database."""

    def write(self, entries: Sequence[CacheEntry]) -> int:
        """Write each entry unless the cache has a newer one; return the number written.

        A failed entry does not stop the others. Raises `PartialWriteError` when some fail,
        `EffectError` when the whole cache is unavailable.
        """
        ...

    def is_cold(self) -> bool:
        """Return whether the last `write` found a server without content.

        False for evicted keys, and limited to a few times within minutes.
        """
        ...

    def mark_warm(self) -> None:
        """Mark the cache as one whose content is being sent. Raises `EffectError`."""
        ...


class Archive(Protocol):
    """The archive of all accepted events, for auditors."""

    def pack(self, records: Sequence[Valid]) -> Packed:
        """Return the object for the records of one batch; equal records give an equal object."""
        ...

    def store(self, packed: Packed) -> None:
        """Store the object. Raises `EffectError`."""
        ...


class DeadLetters(Protocol):
    """Refused records, kept for a correction and a replay."""

    def store(self, records: Sequence[Malformed]) -> None:
        """Store the records with their reasons and send a notification. Raises `EffectError`."""
        ...
