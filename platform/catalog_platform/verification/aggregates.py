"""Several events in one Kinesis record, as the Kinesis Producer Library packs them.

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
    """The parts as one record, all under one partition key."""
    body = field(_KEYS, key.encode())
    for part in parts:
        # Its first field is the place of the partition key in the table of keys.
        body += field(_RECORDS, b"\x08\x00" + field(_DATA, part))
    return sealed(body)


def sealed(body: bytes) -> bytes:
    """A message between the magic number and its digest."""
    return MAGIC + body + hashlib.md5(body, usedforsecurity=False).digest()


def field(number: int, content: bytes) -> bytes:
    """A field with a length: https://protobuf.dev/programming-guides/encoding/."""
    return varint(number << 3 | _BYTES) + varint(len(content)) + content


def varint(value: int) -> bytes:
    """A number in groups of seven bits, the least first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
