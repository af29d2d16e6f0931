"""Objects in S3 with a batch of records as compressed JSON lines, under deterministic keys."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from typing import Any, Protocol

import msgspec

from catalog_runtime import aws
from inventory_processor.kinesis import Record
from inventory_processor.ports import EffectError

# Two attempts of 1 s to connect and 4 s to answer.
PUT_SECONDS = 10.0


class S3Client(Protocol):
    """The part of the S3 client that is used."""

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str) -> Any:  # noqa: N803
        """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html."""
        ...


def key(prefix: str, first: Record, last: Record) -> str:
    """Return `<prefix>/YYYY/MM/DD/<shard>/<first>-<last>.jsonl.gz`; date of first arrival, UTC."""
    sequence = f"{first.sequence_number}-{last.sequence_number}"
    return f"{prefix}/{first.arrived_at:%Y/%m/%d}/{first.shard_id}/{sequence}.jsonl.gz"


def stream_fields(record: Record) -> dict[str, Any]:
    """Return the fields of a line that locate a record on the stream."""
    found = {
        "sequence_number": record.sequence_number,
        "shard_id": record.shard_id,
        "arrived_at": record.arrived_at.isoformat(timespec="milliseconds"),
    }
    if record.sub_sequence_number is None:
        return found
    return found | {"sub_sequence_number": record.sub_sequence_number}


def pack(lines: Iterable[dict[str, Any]]) -> bytes:
    """Return lines as gzip; equal lines give equal bytes."""
    encoder = msgspec.json.Encoder()
    return gzip.compress(encoder.encode_lines(lines), compresslevel=6, mtime=0)


def put(s3: S3Client, bucket: str, name: str, body: bytes) -> None:
    """Store an object. Raises `EffectError`."""
    try:
        aws.call(
            s3.put_object,
            PUT_SECONDS,
            Bucket=bucket,
            Key=name,
            Body=body,
            ContentType="application/gzip",
        )
    except aws.AwsError as error:
        raise EffectError(f"s3://{bucket}/{name}: {error}") from error
