"""What lies in the dead-letter bucket, read into one form, piece by piece. Pure.

Two writers put objects there: the inventory processor (malformed records, one JSON line each) and
AWS Lambda (batches given up on, one JSON document each, usually with their records in it).
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
    """An object is not what either writer writes; the message never quotes its content."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One record that did not reach the catalog.

    `identity` is its place on the stream, which two copies of it share. `data` is what the producer
    put; None when that has not survived.
    """

    identity: str
    reason: str
    arrived_at: datetime
    partition_key: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Range:
    """Records that are only named, by the sequence numbers of the first and the last of them.

    `count` is how many there are, None when nobody has counted.
    """

    shard_id: str
    first: str
    last: str
    reason: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """A part of an object that holds no letter, and why."""

    cause: str


class Item(NamedTuple):
    """Something found in a source; `position` is where reading goes on behind it."""

    position: str
    found: DeadLetter | Range | Flaw


Sequence = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,128}\Z")]
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
PartitionKey = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Shard = Annotated[str, msgspec.Meta(pattern=r"\A[a-zA-Z0-9_.-]{1,128}\Z")]
# A report counts by reason; both writers use short words.
Reason = Annotated[str, msgspec.Meta(max_length=64)]


def of_stream(
    shard_id: str, sequence: str, reason: str, arrived_at: datetime, key: str, data: bytes
) -> DeadLetter:
    """A record as it was read from the stream again."""
    return DeadLetter(f"{shard_id}:{sequence}", reason, arrived_at, key, data)


def payload(text: str) -> bytes | None:
    """The bytes of a payload in base64; None when that is damaged."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC. Raises `DeadLetterError` outside of the years 1 to 9999."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise DeadLetterError("not a dead letter: a time outside of the calendar") from None
