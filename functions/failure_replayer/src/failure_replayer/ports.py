"""What the replayer needs from the outside world."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from failure_replayer.dead_letters import DeadLetter, Range


class EffectError(Exception):
    """An effect did not happen, or nobody knows whether it did; it is safe to try it again.

    It concerns every source: the bucket or the stream is away, throttles or denies access.
    """


class SourceError(Exception):
    """One source cannot be replayed, now or later; the others can."""


@dataclass(slots=True)
class Outcome:
    """What became of letters that were put, by identity.

    `accepted`: the new place. `refused`: why the stream will never take it. Letters in neither
    have not been put, because of `failure`.
    """

    accepted: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    failure: str | None = None


class Letters(Protocol):
    """The dead-letter bucket."""

    def keys(self, since: datetime | None, until: datetime | None, after: str) -> Iterator[str]:
        """Keys behind `after` that may hold letters of that time, in order.

        Raises `EffectError`.
        """
        ...

    def read(self, key: str) -> bytes:
        """The content of an object. Raises `EffectError`, `SourceError`."""
        ...


class Ledger(Protocol):
    """What was replayed, for good: it is only ever added to."""

    def replayed(self, source: str) -> Container[str]:
        """Identities of the letters of a source that were replayed.

        Raises `EffectError`, `SourceError` when an entry cannot be read.
        """
        ...

    def record(self, source: str, replayed: Mapping[str, str]) -> None:
        """Note for each identity its new place on the stream. Raises `EffectError`."""
        ...


class Stream(Protocol):
    """The stream of inventory updates."""

    def put(self, letters: Sequence[DeadLetter]) -> Outcome:
        """Put some letters; one that the stream refuses does not keep the others from it."""
        ...

    def read(self, span: Range, after: str) -> Iterator[DeadLetter]:
        """The records of a range that are still there, in order, behind a sequence number.

        An empty `after` begins with the first. Raises `EffectError`, `SourceError` when the shard
        is gone or is one of another stream.
        """
        ...
