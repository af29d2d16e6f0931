"""Deaggregation of records of the Kinesis Producer Library.

The format is Protocol Buffers between a magic number and an MD5 digest:
https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
AWS's own package is not used: it prints payloads and drops the rest of a damaged record.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from inventory_processor.budget import LIMIT

MAGIC = b"\xf3\x89\x9a\xc2"
# The base64 characters that the magic number alone determines.
MAGIC_BASE64 = "84maw"
DIGEST_BYTES = 16
MOST_USER_RECORDS = LIMIT.parts
# Each user record has a field of its own and at most one for each of its two keys.
MOST_FIELDS = 3 * MOST_USER_RECORDS
# Partition key, explicit hash key, data, and tags.
MOST_FIELDS_OF_A_RECORD = 64

_RECORDS = 3
_DATA = 3
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class AggregateError(ValueError):
    """A payload starts as an aggregate but is not a valid one."""


class TooManyRecordsError(AggregateError):
    """An aggregate has more records or fields than are unpacked."""


def unpack(payload: bytes) -> list[bytes]:
    """Return the user records of an aggregate, in order.

    Raises `AggregateError` when the digest does not match or the content is not an aggregate,
    `TooManyRecordsError` when it has more than `MOST_USER_RECORDS`.
    """
    body, digest = payload[len(MAGIC) : -DIGEST_BYTES], payload[-DIGEST_BYTES:]
    if hashlib.md5(body, usedforsecurity=False).digest() != digest:
        raise AggregateError("the digest does not match the content")
    found: list[bytes] = []
    for field, value in _fields(body, MOST_FIELDS):
        if field != _RECORDS:
            continue
        if len(found) == MOST_USER_RECORDS:
            raise TooManyRecordsError(f"more than {MOST_USER_RECORDS} user records")
        fields = _fields(value, MOST_FIELDS_OF_A_RECORD)
        data = [content for name, content in fields if name == _DATA]
        if not data:
            raise AggregateError(f"user record {len(found)} has no data")
        # If a field is repeated, Protocol Buffers use the last one.
        found.append(data[-1])
    if not found:
        raise AggregateError("no user records")
    return found


def _fields(message: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """Yield number and content of each field; the content is empty for fields without a length.

    Raises `AggregateError`, also when there are more than `most` fields: a few bytes make one.

    https://protobuf.dev/programming-guides/encoding/
    """
    at = number = 0
    while at < len(message):
        number += 1
        if number > most:
            raise TooManyRecordsError(f"more than {most} fields")
        tag, at = _varint(message, at)
        kind = tag & 7
        if kind == _BYTES:
            length, at = _varint(message, at)
            content, at = message[at : at + length], at + length
        elif kind == _VARINT:
            content, at = b"", _varint(message, at)[1]
        elif kind in (_FIXED64, _FIXED32):
            content, at = b"", at + (8 if kind == _FIXED64 else 4)
        else:
            raise AggregateError(f"a field of kind {kind}")
        if at > len(message):
            raise AggregateError("it ends in the middle of a field")
        yield tag >> 3, content


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * index
        if byte < 0x80:
            return value, at + index + 1
    raise AggregateError("it ends in the middle of a number")
