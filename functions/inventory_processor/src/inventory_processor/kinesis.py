"""Parsing of the event that Lambda's Kinesis event source mapping delivers.

https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated

import msgspec

SUB_SEQUENCE_DIGITS = 6


class _Data(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    sequence_number: Annotated[str, msgspec.Meta(pattern=r"\A[0-9]{1,128}\Z")]
    partition_key: str
    data: str
    approximate_arrival_timestamp: Annotated[float, msgspec.Meta(ge=0, le=253402300799)]


class _Record(msgspec.Struct, frozen=True, gc=False, rename={"event_id": "eventID"}):
    kinesis: _Data
    event_id: str


class _Event(msgspec.Struct, frozen=True, rename={"records": "Records"}):
    records: Annotated[list[_Record], msgspec.Meta(min_length=1)]


# `gc=False` here and in events.py: records never form cycles, so the garbage collector need not
# scan thousands of them.
class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it arrived; `payload_base64` is the producer's payload, still encoded.

    The parts of an aggregate have a `sub_sequence_number` from 0 and share its partition key;
    otherwise the number is None.
    """

    sequence_number: str
    shard_id: str
    partition_key: str
    arrived_at: datetime
    payload_base64: str
    sub_sequence_number: int | None = None

    @property
    def position(self) -> Decimal:
        """Return the position on the stream: the sequence number, the part after the point."""
        if not self.sub_sequence_number:
            return Decimal(self.sequence_number)
        return Decimal(f"{self.sequence_number}.{self.sub_sequence_number:0{SUB_SEQUENCE_DIGITS}}")


Batch = tuple[Record, ...]


def read(event: object) -> Batch:
    """Return the records of an invocation, at least one, in stream order.

    An aggregate is one record here: Lambda doesn't divide it. Raises `msgspec.ValidationError`
    when the event is not from Kinesis: the function has the wrong event source, and retries do not
    help.
    """
    records = msgspec.convert(event, _Event).records
    return tuple(
        Record(
            sequence_number=record.kinesis.sequence_number,
            shard_id=record.event_id.partition(":")[0],
            partition_key=record.kinesis.partition_key,
            arrived_at=datetime.fromtimestamp(record.kinesis.approximate_arrival_timestamp, UTC),
            payload_base64=record.kinesis.data,
        )
        for record in records
    )
