"""Interfaces of the services that the replayer uses."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from catalog_runtime.reaction import Reaction
from failure_replayer.dead_letters import DeadLetter, Range


class ServiceError(Exception):
    """A side effect failed or its outcome is unknown; it is safe to retry it.

    It affects every source: the bucket or the stream is unavailable, throttles or denies access.
    `code` is AWS's error code, empty without a response.
    """

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY, code: str = "") -> None:
        super().__init__(message)
        self.reaction = reaction
        self.code = code


class SourceError(Exception):
    """One source cannot be replayed, now or later; other sources can."""


@dataclass(slots=True)
class PutOutcome:
    """The result of putting dead letters on the stream, by identity.

    `accepted`: the new position. `refused`: the cause of a permanent refusal. Dead letters in
    neither have not been put, because of `failure`.
    """

    accepted: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    failure: str | None = None


class DeadLetterBucket(Protocol):
    """The dead-letter bucket."""

    def keys(self, since: datetime | None, until: datetime | None, after: str) -> Iterator[str]:
        """Yield the keys after `after` that may hold dead letters of that time, in order.

        Raises `ServiceError`.
        """
        ...

    def read(self, key: str) -> bytes:
        """Return the content of an object. Raises `ServiceError`, `SourceError`."""
        ...


class ReplayLog(Protocol):
    """An append-only log of replayed dead letters."""

    def replayed(self, source: str) -> Container[str]:
        """Return the identities of a source's dead letters that were replayed.

        Raises `ServiceError`, and `SourceError` when a replay record cannot be read.
        """
        ...

    def record(self, source: str, replayed: Mapping[str, str]) -> None:
        """Store the new stream position of each identity. Raises `ServiceError`."""
        ...


class Stream(Protocol):
    """The stream of inventory updates."""

    def put(self, dead_letters: Sequence[DeadLetter]) -> PutOutcome:
        """Put dead letters on the stream; a refused one does not stop the others."""
        ...

    def read(self, span: Range, after: str) -> Iterator[DeadLetter]:
        """Yield the remaining records of a range after a sequence number, in order.

        An empty `after` starts with the first. Raises `ServiceError`, and `SourceError` when the
        shard no longer exists or belongs to another stream.
        """
        ...
