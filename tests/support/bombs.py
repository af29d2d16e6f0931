"""Batches that are small on the stream and large in memory, or slow; all within Lambda's limits.

An invocation has at most 6 MB of JSON, which is 4.5 MB of payload in base64:
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from typing import Any

from catalog_platform.verification.aggregates import aggregate, field, with_digest
from inventory_processor.budget import LIMIT
from support.events import discontinue, kinesis_event, product, stock_adjustment, stock_level

RECORD = 2**20
INVOCATION = 4_400_000
EVENT = 65_536


def padded(event: dict[str, Any], size: int = EVENT) -> bytes:
    """An event with spaces behind it, so that it has exactly `size` bytes."""
    return json.dumps(event).encode().ljust(size)


def packed(document: bytes) -> bytes:
    return gzip.compress(document, mtime=0)


def filled(parts: Iterator[bytes], size: int = RECORD) -> bytes:
    """An aggregate of as many parts as fit into `size` bytes."""
    chosen, total = [], 64
    for part in parts:
        total += len(part) + 12
        if total > size:
            break
        chosen.append(part)
    return aggregate(chosen, "SKU-1")


def _numbered(make: Callable[[int], bytes]) -> Iterator[bytes]:
    number = 0
    while True:
        yield make(number)
        number += 1


def fullest_texts() -> bytes:
    """A record that is just small enough: different events of 64 KiB, all of it stored."""
    spare = EVENT - len(product(name="", attributes={})) - 200

    def event(number: int) -> bytes:
        texts = {f"a{n:02}": "\u0101" * 320 for n in range(spare // 652)}
        text = json.dumps(product(sku=f"s{number}", attributes=texts), ensure_ascii=False)
        return packed(text.encode().ljust(EVENT))

    return aggregate([event(number) for number in range(LIMIT.bytes // EVENT)], "k")


def most_attributes() -> bytes:
    """A record that is just small enough: the most attributes there may be, no two alike."""

    def event(number: int) -> bytes:
        names = {f"{number * 100 + n:x}": 1000 + n for n in range(100)}
        return packed(json.dumps(product(sku=f"s{number}", attributes=names)).encode())

    return aggregate([event(number) for number in range(LIMIT.attributes // 100)], "k")


def most_events() -> bytes:
    """A record that is just small enough: the most events, adjustments of different stock items."""

    def event(number: int) -> bytes:
        return packed(
            json.dumps(
                stock_adjustment(sku=f"article-{number}", event_id=f"event-{number}")
            ).encode()
        )

    return aggregate([event(number) for number in range(LIMIT.parts)], "k")


def zipped_large_events() -> bytes:
    """4,086 valid events of 64 KiB each, compressed to 256 bytes or less."""
    return filled(_numbered(lambda n: packed(padded(stock_level(sku=f"s{n}")))))


def smallest_events() -> bytes:
    """As many events as a record of 1 MiB can hold."""
    at = "2026-09-21T14:00:00Z"

    def event(number: int) -> bytes:
        found = discontinue(sku=f"{number:x}", event_id="a", occurred_at=at)
        return json.dumps(found, separators=(",", ":")).encode()

    return filled(_numbered(event))


def adjustments() -> bytes:
    def event(number: int) -> bytes:
        found = stock_adjustment(sku=f"{number:x}", event_id=f"{number:x}")
        return json.dumps(found, separators=(",", ":")).encode()

    return filled(_numbered(event))


def wide_products(*, zipped: bool) -> bytes:
    """Products with as many attributes as are allowed, each with other names."""

    def event(number: int) -> bytes:
        names = {f"{number:x}.{n:x}": 1000 + n for n in range(100)}
        found = json.dumps(product(sku=f"s{number}", attributes=names)).encode()
        return packed(found) if zipped else found

    return filled(_numbered(event))


def long_texts() -> bytes:
    """Products with text of the greatest length, outside of ASCII."""

    def event(number: int) -> bytes:
        texts = {f"a{n}": "\u0101" * 300 + f"{number}" for n in range(90)}
        text = json.dumps(product(sku=f"s{number}", attributes=texts), ensure_ascii=False)
        return packed(text.encode())

    return filled(_numbered(event))


def bombs() -> bytes:
    """Gzip that would become 50 MB, again and again."""
    return filled(_numbered(lambda _: packed(b" " * 50_000_000)))


def numbers_as_json_schema_takes_them() -> bytes:
    """Events that only the slower reader understands, with much in a field that is not known."""
    many = [[number] for number in range(7_000)]
    found = packed(json.dumps(stock_level(quantity=5.0, x=many)).encode())
    return filled(_numbered(lambda _: found))


def nested(levels: int) -> bytes:
    text = json.dumps(stock_level(quantity=5.0))[:-1] + ', "x": ' + "[" * levels + "]" * levels
    return packed((text + "}").encode())


def records_of(make: bytes, size: int = INVOCATION) -> dict[str, Any]:
    """As many of this record as an invocation takes, with the envelope of each."""
    count = max(1, min(size // (len(make) + 300), 10_000))
    return kinesis_event([make] * count)


BATCHES: dict[str, Callable[[], dict[str, Any]]] = {
    "1 MiB of gzipped events of 64 KiB": lambda: kinesis_event([zipped_large_events()]),
    "four such records": lambda: records_of(zipped_large_events()),
    "many records of 20 such events": lambda: records_of(
        aggregate([packed(padded(stock_level()))] * 20, "k")
    ),
    "many such records of 60": lambda: records_of(
        aggregate([packed(padded(stock_level()))] * 60, "k")
    ),
    "every record one gzipped event of 64 KiB": lambda: records_of(packed(padded(stock_level()))),
    "every record one event of 64 KiB": lambda: records_of(padded(stock_level())),
    "just small enough: 4 MiB of text": lambda: records_of(fullest_texts()),
    "just small enough: 100,000 attributes": lambda: records_of(most_attributes()),
    "just small enough: 12,000 adjustments": lambda: records_of(most_events()),
    "a record of 4 MiB, one text": lambda: kinesis_event([b" " * INVOCATION]),
    "a record of 4 MiB, events of 64 KiB": lambda: kinesis_event(
        [aggregate([padded(stock_level())] * 64, "k")]
    ),
    "10,000 records": lambda: kinesis_event(
        [stock_level(sku=f"SKU-{n}", quantity=n) for n in range(10_000)]
    ),
    "the smallest events": lambda: records_of(smallest_events()),
    "adjustments": lambda: records_of(adjustments()),
    "products of 100 attributes": lambda: records_of(wide_products(zipped=False)),
    "gzipped products of 100 attributes": lambda: records_of(wide_products(zipped=True)),
    "products of long texts": lambda: records_of(long_texts()),
    "aggregates of gzip bombs": lambda: records_of(bombs()),
    "gzip bombs": lambda: records_of(packed(b" " * 50_000_000)),
    "gzip of an aggregate": lambda: records_of(packed(zipped_large_events())),
    "an aggregate of aggregates": lambda: records_of(
        filled(_numbered(lambda _: aggregate([b"{}"] * 1000, "k")))
    ),
    "an aggregate of nothing, 12,000 times": lambda: records_of(
        aggregate([b""] * 12_000, "k")
    ),
    "an aggregate of a million fields": lambda: kinesis_event(
        [with_digest(field(1, b"") * 1_000_000 + field(3, field(3, b"{}")))] * 2
    ),
    "one user record of a million fields": lambda: kinesis_event(
        [with_digest(field(3, field(4, b"") * 1_000_000 + field(3, b"{}")))] * 2
    ),
    "much that is read twice": lambda: records_of(numbers_as_json_schema_takes_them()),
    "500 levels": lambda: records_of(nested(500)),
    "30,000 levels": lambda: records_of(nested(30_000)),
    "a number of 60,000 digits": lambda: records_of(
        packed(b'{"quantity": ' + b"7" * 60_000 + b', "version": 1, "type": "stock_level"}')
    ),
}  # fmt: skip
