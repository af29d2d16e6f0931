"""Limits on what is unpacked at once, of a record and of a chunk of a batch.

Gzip can expand a thousandfold, so the limits count the total content of a record, not the size of
its parts. A record of AWS's default maximum size (1 MiB) can hold at most 10,180 valid events: the
smallest event has 97 bytes, and Protocol Buffers add 6. README.md has the memory that this takes.
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
    """Unpacked content exceeds the limit."""


class Budget:
    """The amount of a chunk that may still be unpacked."""

    __slots__ = ("_attributes", "_bytes", "_parts")

    def __init__(self) -> None:
        self._bytes, self._parts, self._attributes = LIMIT

    def spend(self, size: int, attributes: int = 0) -> None:
        """Add an event of `size` bytes. Raises `BudgetError` above the limit."""
        self._bytes -= size
        self._parts -= 1
        self._attributes -= attributes
        if self._bytes < 0 or self._parts < 0 or self._attributes < 0:
            raise BudgetError

    @staticmethod
    def limit() -> str:
        """Return the limit in words."""
        return (
            f"more than {LIMIT.bytes} bytes, {LIMIT.parts} events or {LIMIT.attributes} attributes"
        )
