"""Parsing of the objects that AWS Lambda writes: one JSON document for each discarded batch.

https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Annotated

import msgspec

from failure_replayer.dead_letters import (
    DeadLetter,
    DeadLetterError,
    Flaw,
    Item,
    PartitionKey,
    Range,
    Reason,
    Sequence,
    Shard,
    payload,
)
from failure_replayer.limits import LARGEST_DOCUMENT_BYTES, MOST_BATCH_RECORDS, check, unpacked

_LATEST_SECONDS = 253402300799
# A record of Lambda has about twelve commas; with more, records are not parsed one by one.
_MOST_COMMAS = 50 * MOST_BATCH_RECORDS


class _Data(msgspec.Struct, frozen=True, rename="camel"):
    sequence_number: Sequence
    partition_key: PartitionKey
    data: str
    approximate_arrival_timestamp: Annotated[float, msgspec.Meta(ge=0, le=_LATEST_SECONDS)]


class _Record(msgspec.Struct, frozen=True):
    kinesis: _Data


class _Payload(msgspec.Struct, frozen=True, rename={"records": "Records"}):
    records: list[_Record]


class _RawPayload(msgspec.Struct, frozen=True, rename={"records": "Records"}):
    records: list[msgspec.Raw]


class _Context(msgspec.Struct, frozen=True):
    condition: Reason


class _Batch(msgspec.Struct, frozen=True, rename="camel"):
    shard_id: Shard
    start_sequence_number: Sequence
    end_sequence_number: Sequence
    batch_size: Annotated[int, msgspec.Meta(ge=1, le=MOST_BATCH_RECORDS)]


class _FailedBatch(msgspec.Struct, frozen=True):
    request_context: _Context = msgspec.field(name="requestContext")
    batch: _Batch = msgspec.field(name="KinesisBatchInfo")
    payload: str | None = None


_FAILED_BATCH = msgspec.json.Decoder(_FailedBatch)
_PAYLOAD = msgspec.json.Decoder(_Payload)
_RAW_PAYLOAD = msgspec.json.Decoder(_RawPayload)
_RECORD = msgspec.json.Decoder(_Record)


def read(content: bytes, done: int, after: str) -> Iterator[Item]:
    """Yield the batch's records after the first `done`, or the range to read from the stream.

    The range resumes after `after`, a position on the stream. An invalid record becomes a
    `Flaw`. Raises `DeadLetterError`, `TooLargeError` or `BrokenGzipError` before the first item.
    """
    check(content, LARGEST_DOCUMENT_BYTES)
    try:
        found = _FAILED_BATCH.decode(unpacked(content).read())
        del content
        records = None if found.payload is None else _records(found.payload)
    except msgspec.ValidationError as error:
        raise DeadLetterError(f"not a dead letter: {error}") from None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise DeadLetterError("not JSON in UTF-8") from None
    reason, batch = found.request_context.condition, found.batch
    if records is None:
        first, last = batch.start_sequence_number, batch.end_sequence_number
        yield Item(after, Range(batch.shard_id, first, last, reason, batch.batch_size))
        return
    for number, record in enumerate(records, start=1):
        if number > done:
            if isinstance(record, _Record):
                yield Item(str(number), _dead_letter(record.kinesis, batch.shard_id, reason))
            else:
                yield Item(str(number), record)


def _records(text: str) -> Iterable[_Record | Flaw]:
    """Return the records; if one is invalid, parse each on its own."""
    try:
        return _PAYLOAD.decode(text).records
    except msgspec.ValidationError:
        if text.count(",") > _MOST_COMMAS:
            raise
    return [_record(number, raw) for number, raw in enumerate(_RAW_PAYLOAD.decode(text).records, 1)]


def _record(number: int, raw: msgspec.Raw) -> _Record | Flaw:
    try:
        return _RECORD.decode(raw)
    except msgspec.ValidationError as error:
        return Flaw(f"record {number}: not a dead letter: {error}")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Flaw(f"record {number}: not JSON in UTF-8")


def _dead_letter(data: _Data, shard_id: str, reason: str) -> DeadLetter:
    return DeadLetter(
        identity=f"{shard_id}:{data.sequence_number}",
        reason=reason,
        arrived_at=datetime.fromtimestamp(data.approximate_arrival_timestamp, UTC),
        partition_key=data.partition_key,
        data=payload(data.data),
    )
