"""How much is unpacked at once: of one record, and of one chunk of a batch.

A few bytes of gzip become a thousand times as many, so what counts is the total of what a record
holds, not the size of its parts. A record of a stream with AWS's default record size (1 MiB) can
hold at most 10,180 valid events; the smallest of them has 97 bytes, and Protocol Buffers add 6.
README.md says how much memory these limits take.
"""

from __future__ import annotations

from typing import NamedTuple


class Amount(NamedTuple):
    """Bytes of JSON after unpacking, events, and attributes of products."""

    bytes: int
    parts: int
    attributes: int


LIMIT = Amount(bytes=4 * 2**20, parts=12_000, attributes=100_000)


class BudgetError(Exception):
    """More than the limit."""


class Budget:
    """What has been unpacked so far of a chunk."""

    __slots__ = ("_attributes", "_bytes", "_parts")

    def __init__(self) -> None:
        self._bytes = self._parts = self._attributes = 0

    def spend(self, size: int, attributes: int = 0) -> None:
        """Add a part of `size` bytes. Raises `BudgetError` when that is more than the limit."""
        self._bytes += size
        self._parts += 1
        self._attributes += attributes
        if (
            self._bytes > LIMIT.bytes
            or self._parts > LIMIT.parts
            or self._attributes > LIMIT.attributes
        ):
            raise BudgetError

    @staticmethod
    def limit() -> str:
        """The limit in words."""
        return (
            f"more than {LIMIT.bytes} bytes, {LIMIT.parts} events or {LIMIT.attributes} attributes"
        )
