"""What lies in the dead-letter bucket, read into one form. Pure.

Two writers put objects there: the inventory processor (malformed records, one JSON line each) and
AWS Lambda (batches given up on, one JSON document each, usually with their records in it).
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import binascii
import gzip
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

import msgspec

MALFORMED = "malformed/"
GIVEN_UP = "aws/lambda/"
_LATEST_SECONDS = 253402300799


class LetterError(Exception):
    """An object is not what either writer writes; the message never quotes its content."""


@dataclass(frozen=True, slots=True)
class Letter:
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


Sequence = Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,128}\Z")]
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecordsRequestEntry.html
PartitionKey = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Shard = Annotated[str, msgspec.Meta(pattern=r"\A[a-zA-Z0-9_.-]{1,128}\Z")]


class _Line(msgspec.Struct, frozen=True):
    sequence_number: Sequence
    shard_id: Shard
    arrived_at: Annotated[datetime, msgspec.Meta(tz=True)]
    reason: str
    partition_key: PartitionKey
    payload_base64: str
    sub_sequence_number: int | None = None


class _Data(msgspec.Struct, frozen=True, rename="camel"):
    sequence_number: Sequence
    partition_key: PartitionKey
    data: str
    approximate_arrival_timestamp: Annotated[float, msgspec.Meta(ge=0, le=_LATEST_SECONDS)]


class _Record(msgspec.Struct, frozen=True):
    kinesis: _Data


class _Payload(msgspec.Struct, frozen=True, rename={"records": "Records"}):
    records: list[_Record]


class _Context(msgspec.Struct, frozen=True):
    condition: str


class _Batch(msgspec.Struct, frozen=True, rename="camel"):
    shard_id: Shard
    start_sequence_number: Sequence
    end_sequence_number: Sequence
    batch_size: Annotated[int, msgspec.Meta(ge=1)]


class _GivenUp(msgspec.Struct, frozen=True):
    request_context: _Context = msgspec.field(name="requestContext")
    batch: _Batch = msgspec.field(name="KinesisBatchInfo")
    payload: str | None = None


_LINES = msgspec.json.Decoder(_Line)
_GIVEN_UP = msgspec.json.Decoder(_GivenUp)
_PAYLOAD = msgspec.json.Decoder(_Payload)


def read(key: str, content: bytes) -> tuple[tuple[Letter, ...], tuple[Range, ...]]:
    """The letters in an object, and the ranges that have to be read from the stream instead.

    Raises `LetterError`.
    """
    try:
        text = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        if key.startswith(MALFORMED):
            return tuple(_malformed(line) for line in text.splitlines() if line), ()
        return _given_up(text)
    except (OSError, EOFError, zlib.error) as error:
        raise LetterError(f"not gzip: {error}") from None
    except msgspec.ValidationError as error:
        raise LetterError(f"not a dead letter: {error}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise LetterError("not JSON in UTF-8") from None


def of_stream(
    shard_id: str, sequence: str, reason: str, arrived_at: datetime, key: str, data: bytes
) -> Letter:
    """A record as it was read from the stream again."""
    return Letter(f"{shard_id}:{sequence}", reason, arrived_at, key, data)


def _malformed(text: bytes) -> Letter:
    line = _LINES.decode(text)
    identity = f"{line.shard_id}:{line.sequence_number}"
    if line.sub_sequence_number is not None:
        identity += f":{line.sub_sequence_number}"
    data = _decoded(line.payload_base64)
    return Letter(identity, line.reason, line.arrived_at, line.partition_key, data)


def _given_up(text: bytes) -> tuple[tuple[Letter, ...], tuple[Range, ...]]:
    found = _GIVEN_UP.decode(text)
    reason, batch = found.request_context.condition, found.batch
    if found.payload is None:
        first, last = batch.start_sequence_number, batch.end_sequence_number
        return (), (Range(batch.shard_id, first, last, reason, batch.batch_size),)
    records = (record.kinesis for record in _PAYLOAD.decode(found.payload).records)
    return tuple(
        Letter(
            identity=f"{batch.shard_id}:{data.sequence_number}",
            reason=reason,
            arrived_at=datetime.fromtimestamp(data.approximate_arrival_timestamp, UTC),
            partition_key=data.partition_key,
            data=_decoded(data.data),
        )
        for data in records
    ), ()


def _decoded(text: str) -> bytes | None:
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return None
