"""What the replayer needs from the outside world."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from failure_replayer.letters import Letter, Range


class EffectError(Exception):
    """An effect did not happen, or nobody knows whether it did; it is safe to try it again."""


class Letters(Protocol):
    """The dead-letter bucket."""

    def keys(self, since: datetime | None, until: datetime | None, after: str) -> Iterator[str]:
        """Keys behind `after` that may hold letters of that time, in order.

        Raises `EffectError`.
        """
        ...

    def read(self, key: str) -> bytes:
        """The content of an object. Raises `EffectError`."""
        ...


class Ledger(Protocol):
    """What was replayed, for good: it is only ever added to."""

    def replayed(self, source: str) -> set[str]:
        """Identities of the letters of a source that were replayed. Raises `EffectError`."""
        ...

    def record(self, source: str, replayed: Mapping[str, str]) -> None:
        """Note for each identity its new place on the stream. Raises `EffectError`."""
        ...


class Stream(Protocol):
    """The stream of inventory updates."""

    def put(self, letters: Sequence[Letter]) -> dict[str, str]:
        """Put some letters; the new place of each that was accepted, by identity.

        Fewer than asked when the stream has no room. Raises `EffectError`.
        """
        ...

    def read(self, span: Range) -> Iterator[Letter]:
        """The records of a range that are still there, in order. Raises `EffectError`."""
        ...
