"""Types of what the dead-letter bucket holds. Pure.

Two writers put objects there: the inventory processor (malformed records, one JSON line each) and
AWS Lambda (discarded batches, one JSON document each, usually including their records).
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, NamedTuple

import msgspec

MALFORMED = "malformed/"
FAILED_BATCHES = "aws/lambda/"


class DeadLetterError(Exception):
    """An object has neither writer's format; the message never quotes its content."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that did not reach the catalog.

    `identity` is its position on the stream; two copies of a record share it. `data` is the
    producer's payload, or None when it is lost.
    """

    identity: str
    reason: str
    arrived_at: datetime
    partition_key: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Range:
    """A range of records on the stream, by the sequence numbers of its first and last record.

    `count` is the number of records, None when unknown.
    """

    shard_id: str
    first: str
    last: str
    reason: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """A part of an object that is not a dead letter, with the cause."""

    cause: str


class Item(NamedTuple):
    """An item of a source; reading resumes after `position`."""

    position: str
    found: DeadLetter | Range | Flaw


Sequence = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,128}\Z")]
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
PartitionKey = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Shard = Annotated[str, msgspec.Meta(pattern=r"\A[a-zA-Z0-9_.-]{1,128}\Z")]
# Reports count by reason; both writers use short ones.
Reason = Annotated[str, msgspec.Meta(max_length=64)]


def of_stream(
    shard_id: str, sequence: str, reason: str, arrived_at: datetime, key: str, data: bytes
) -> DeadLetter:
    """Return a record read from the stream as a dead letter."""
    return DeadLetter(f"{shard_id}:{sequence}", reason, arrived_at, key, data)


def payload(text: str) -> bytes | None:
    """Return the bytes of a base64 payload, or None when it is not valid base64."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def in_utc(moment: datetime) -> datetime:
    """Return the same time in UTC. Raises `DeadLetterError` outside the years 1 to 9999."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DeadLetterError("not a dead letter: a time outside the years 1 to 9999") from None
