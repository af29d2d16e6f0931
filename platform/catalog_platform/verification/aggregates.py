"""Encode several events as one aggregated record of the Kinesis Producer Library.

https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

MAGIC = b"\xf3\x89\x9a\xc2"
_KEYS, _RECORDS = 1, 3
_DATA = 3
_BYTES = 2


def aggregate(parts: Iterable[bytes], key: str) -> bytes:
    """Return the parts as one aggregated record, all under one partition key."""
    body = field(_KEYS, key.encode())
    for part in parts:
        # The record's first field is the index of its partition key in the table of keys.
        body += field(_RECORDS, b"\x08\x00" + field(_DATA, part))
    return with_digest(body)


def with_digest(body: bytes) -> bytes:
    """Return a message between the magic number and its MD5 digest."""
    return MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()


def field(number: int, content: bytes) -> bytes:
    """Encode a length-delimited field: https://protobuf.dev/programming-guides/encoding/."""
    return varint(number << 3 | _BYTES) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """Encode a number as a varint: groups of seven bits, the least significant first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
