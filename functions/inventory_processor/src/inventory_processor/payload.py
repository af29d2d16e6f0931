"""Decoding of payloads to the JSON of one event: base64, aggregates, gzip, size."""

from __future__ import annotations

import base64
import binascii
import zlib

from msgspec import structs

from inventory_processor import aggregation
from inventory_processor.aggregation import AggregateError, TooManyRecordsError
from inventory_processor.contract import LARGEST_PAYLOAD_BYTES
from inventory_processor.kinesis import Record
from inventory_processor.refusals import PayloadError

GZIP_MAGIC = b"\x1f\x8b"
# For zlib: expect the header and trailer of gzip.
_GZIP = 31


def is_aggregate(record: Record) -> bool:
    """Return whether the payload may be an aggregate; `parts` decides it."""
    return record.payload_base64.startswith(aggregation.MAGIC_BASE64)


def parts(record: Record) -> list[Record]:
    """Return the record itself, or the records that its producer aggregated.

    Raises `PayloadError` for an aggregate that is invalid or has too many records.
    """
    if not is_aggregate(record):
        return [record]
    payload = _from_base64(record)
    if not payload.startswith(aggregation.MAGIC):
        return [record]
    try:
        found = aggregation.unpack(payload)
    except TooManyRecordsError as error:
        raise PayloadError("too-large", str(error)) from error
    except AggregateError as error:
        raise PayloadError("broken-aggregate", str(error)) from error
    return [
        structs.replace(
            record, payload_base64=base64.b64encode(part).decode(), sub_sequence_number=number
        )
        for number, part in enumerate(found)
    ]


def document(record: Record) -> bytes:
    """Return the bytes of the event's JSON. Raises `PayloadError`."""
    payload = _from_base64(record)
    if payload.startswith(GZIP_MAGIC):
        payload = _from_gzip(payload)
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        raise PayloadError("too-large", f"more than {LARGEST_PAYLOAD_BYTES} bytes")
    return payload


def _from_base64(record: Record) -> bytes:
    try:
        return binascii.a2b_base64(record.payload_base64, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise PayloadError("not-base64", str(error)) from error


def _from_gzip(payload: bytes) -> bytes:
    """Decompress at most one byte more than is allowed."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        content = unpacker.decompress(payload, LARGEST_PAYLOAD_BYTES + 1)
    except zlib.error as error:
        raise PayloadError("broken-gzip", str(error)) from error
    if len(content) > LARGEST_PAYLOAD_BYTES:
        return content
    if not unpacker.eof or unpacker.unused_data:
        raise PayloadError("broken-gzip", "it is truncated or followed by other bytes")
    return content
