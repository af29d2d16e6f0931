"""Aggregated records as the Kinesis Producer Library makes them."""

from __future__ import annotations

import hashlib


def aggregate(*parts: bytes, key: str = "SKU-1") -> bytes:
    """Magic number, protocol buffers, MD5:
    https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
    """
    body = _field(1, key.encode())
    for part in parts:
        body += _field(3, b"\x08\x00" + _field(3, part))
    return sealed(body)


def sealed(body: bytes) -> bytes:
    digest = hashlib.md5(body, usedforsecurity=False).digest()
    return b"\xf3\x89\x9a\xc2" + body + digest


def _field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    found = b""
    while value > 0x7F:
        found += bytes([value & 0x7F | 0x80])
        value >>= 7
    return found + bytes([value])
