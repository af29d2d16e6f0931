"""Records that the Kinesis Producer Library has packed together.

The format, protocol buffers between a magic number and an MD5 digest, is published:
https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
AWS's own package for it prints payloads and drops the rest of a record that it stumbles over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from inventory_processor.budget import LIMIT

MAGIC = b"\xf3\x89\x9a\xc2"
# The same as base64, as far as the magic number alone decides it.
MAGIC_BASE64 = "84maw"
DIGEST_BYTES = 16
MOST_USER_RECORDS = LIMIT.parts
# Per user record there are its own field and at most one for each of its two keys.
MOST_FIELDS = 3 * MOST_USER_RECORDS
# Partition key, explicit hash key, data, and tags.
MOST_FIELDS_OF_A_RECORD = 64

_RECORDS = 3
_DATA = 3
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST_VARINT = 10


class AggregateError(ValueError):
    """It claims to be an aggregate and is none."""


class TooManyRecordsError(AggregateError):
    """It may be an aggregate, but unpacking it would take too much memory or time."""


def unpack(payload: bytes) -> list[bytes]:
    """The user records of an aggregate, in their order.

    Raises `AggregateError` when the digest does not fit or the content is no aggregated record,
    `TooManyRecordsError` when it holds more than `MOST_USER_RECORDS`.
    """
    body, digest = payload[len(MAGIC) : -DIGEST_BYTES], payload[-DIGEST_BYTES:]
    if hashlib.md5(body, usedforsecurity=False).digest() != digest:
        raise AggregateError("the digest does not fit the content")
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
        # Of a field that is repeated by mistake, protocol buffers take the last.
        found.append(data[-1])
    if not found:
        raise AggregateError("no user records")
    return found


def _fields(message: bytes, most: int) -> Iterator[tuple[int, bytes]]:
    """Number and content of each field; of those without a length the content is left out.

    Raises `AggregateError` also when there are more than `most`: a few bytes make a field.

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
    for place, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value, at + place + 1
    raise AggregateError("it ends in the middle of a number")
