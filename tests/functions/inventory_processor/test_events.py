from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from catalog_platform.verification.aggregates import aggregate
from inventory_processor import kinesis
from inventory_processor.contract import LARGEST_PAYLOAD_BYTES
from inventory_processor.events import Malformed, Valid, decode, read
from inventory_processor.inventory import Adjustment, Change, Fact, StockLevel
from support.events import (
    FIRST_SEQUENCE,
    discontinue,
    kinesis_event,
    price,
    product,
    stock_adjustment,
    stock_level,
)

AT = datetime(2026, 9, 21, 14, tzinfo=UTC)
POSITION = Decimal(FIRST_SEQUENCE)


def decoded(payload: object) -> Valid | Malformed:
    return decode(kinesis.read(kinesis_event([payload]))[0])


@pytest.mark.parametrize(
    ("event", "change"),
    [
        (stock_level(), StockLevel("SKU-1", "BER", 5, AT, POSITION)),
        (stock_adjustment(), Adjustment("SKU-1", "BER", AT, "e-1", -2, POSITION)),
        (price(), Fact("SKU-1", "price", {"amount": 1999, "currency": "EUR"}, AT, POSITION)),
        (
            product(attributes={"watt": 5, "dimmable": True, "colour": "grün"}),
            Fact(
                "SKU-1",
                "description",
                {"name": "Lamp", "attributes": {"watt": 5, "dimmable": True, "colour": "grün"}},
                AT,
                POSITION,
            ),
        ),
        (
            product(attributes=...),
            Fact("SKU-1", "description", {"name": "Lamp", "attributes": {}}, AT, POSITION),
        ),
        (discontinue(), Fact("SKU-1", "discontinued", True, AT, POSITION)),
        (discontinue(discontinued=False), Fact("SKU-1", "discontinued", False, AT, POSITION)),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else "",
)
def test_a_valid_event_becomes_a_change(event: dict[str, Any], change: Change) -> None:
    result = decoded(event)

    assert isinstance(result, Valid)
    assert result.change == change


def test_times_are_kept_to_the_microsecond_whatever_their_offset() -> None:
    result = decoded(stock_level(occurred_at="2026-09-21T16:00:00.000001+02:00"))

    assert isinstance(result, Valid)
    assert result.change.occurred_at == AT.replace(microsecond=1)


def test_the_archived_json_is_what_came_but_on_one_line() -> None:
    event = stock_level(colour="grün", note="a\nb")

    result = decoded(json.dumps(event, indent=2, ensure_ascii=False).replace("\n", "\r\n").encode())

    assert isinstance(result, Valid)
    assert b"\n" not in result.event
    assert b"\r" not in result.event
    assert json.loads(result.event) == event


VALID = json.dumps(stock_level())
DEEP = "[" * 200_000 + "]" * 200_000

REFUSED: list[tuple[str, Any, str]] = [
    ("nothing", b"", "not-json"),
    ("no JSON", b"hello", "not-json"),
    ("two documents", (VALID + VALID).encode(), "not-json"),
    ("a byte order mark", b"\xef\xbb\xbf" + VALID.encode(), "not-json"),
    ("bytes that are not UTF-8", VALID.replace("e-1", "\udcff").encode(errors="surrogateescape"),
     "not-json"),
    ("bytes that are not UTF-8 in an unknown field",
     b'{"x": "\xff", ' + VALID.encode()[1:], "not-json"),
    ("a lone surrogate", VALID.replace("e-1", "\\ud800").encode(), "not-json"),
    ("NaN", VALID.replace(": 5", ": NaN").encode(), "not-json"),
    ("Infinity", VALID.replace(": 5", ": Infinity").encode(), "not-json"),
    ("a single quote", VALID.replace('"', "'").encode(), "not-json"),
    ("a list", [], "invalid-field"),
    ("a number", 5, "invalid-field"),
    ("null", None, "invalid-field"),
    ("an empty object", {}, "unknown-version"),
    ("version 2", stock_level(version=2), "unknown-version"),
    ("version true", stock_level(version=True), "unknown-version"),
    ("version as text", stock_level(version="1"), "unknown-version"),
    ("another type", stock_level(type="stock_count"), "unknown-type"),
    ("the fields of another type", stock_level(type="price"), "invalid-field"),
    ("no type", stock_level(type=...), "unknown-type"),
    ("a type that is a list", stock_level(type=[]), "unknown-type"),
    ("no quantity", stock_level(quantity=...), "invalid-field"),
    ("quantity null", stock_level(quantity=None), "invalid-field"),
    ("quantity as text", stock_level(quantity="5"), "invalid-field"),
    ("quantity true", stock_level(quantity=True), "invalid-field"),
    ("half a piece", stock_level(quantity=0.5), "invalid-field"),
    ("less than nothing", stock_level(quantity=-1), "invalid-field"),
    ("more than a thousand million", stock_level(quantity=1_000_000_001), "invalid-field"),
    ("a huge integer", stock_level(quantity=10**4000), "invalid-field"),
    ("a number beyond floats", VALID.replace(": 5", ": 1e999").encode(), "invalid-field"),
    ("an empty SKU", stock_level(sku=""), "invalid-field"),
    ("a SKU with a brace", stock_level(sku="a}b"), "invalid-field"),
    ("a SKU with a line break", stock_level(sku="a\n"), "invalid-field"),
    ("a SKU with NUL", stock_level(sku="a\0"), "invalid-field"),
    ("a SKU in full-width letters", stock_level(sku="\uff33\uff2b\uff35"), "invalid-field"),
    ("65 characters of SKU", stock_level(sku="s" * 65), "invalid-field"),
    ("33 characters of warehouse", stock_level(warehouse="w" * 33), "invalid-field"),
    ("65 characters of event id", stock_level(event_id="e" * 65), "invalid-field"),
    ("a time without an offset", stock_level(occurred_at="2026-09-21T14:00:00"), "invalid-field"),
    ("a day that does not exist", stock_level(occurred_at="2026-02-30T14:00:00Z"),
     "invalid-field"),
    ("a time as a number", stock_level(occurred_at=1_790_000_000), "invalid-field"),
    ("an offset without a colon", stock_level(occurred_at="2026-09-21T14:00:00+0530"),
     "invalid-field"),
    ("an offset of a day", stock_level(occurred_at="2026-09-21T14:00:00+24:00"), "invalid-field"),
    ("a leap second", stock_level(occurred_at="2016-12-31T23:59:60Z"), "invalid-field"),
    ("24:00", stock_level(occurred_at="2026-09-20T24:00:00Z"), "invalid-field"),
    ("a space before the time", stock_level(occurred_at="2026-09-21 14:00:00Z"), "invalid-field"),
    ("ten digits of a fraction", stock_level(occurred_at="2026-09-21T14:00:00.1234567890Z"),
     "invalid-field"),
    ("a fraction without digits", stock_level(occurred_at="2026-09-21T14:00:00.Z"),
     "invalid-field"),
    ("a time with a line break", stock_level(occurred_at="2026-09-21T14:00:00Z\n"),
     "invalid-field"),
    ("a time in Arabic digits", stock_level(occurred_at="\u0662026-09-21T14:00:00Z"),
     "invalid-field"),
    ("a leap day that does not exist", stock_level(occurred_at="2100-02-29T14:00:00Z"),
     "invalid-field"),
    ("the year 0", stock_level(occurred_at="0000-02-29T14:00:00Z"), "invalid-field"),
    ("a time before 1970", stock_level(occurred_at="1969-12-31T23:59:59Z"), "implausible-time"),
    ("the year 1 east of Greenwich", stock_level(occurred_at="0001-01-01T00:00:00+23:59"),
     "implausible-time"),
    ("the year 9999 west of Greenwich", stock_level(occurred_at="9999-12-31T23:59:59-23:59"),
     "implausible-time"),
    ("a day and a second after its arrival", stock_level(occurred_at="2026-09-22T14:13:22Z"),
     "implausible-time"),
    ("a change beyond a thousand million", stock_adjustment(change=-1_000_000_001),
     "invalid-field"),
    ("half a piece that came", stock_adjustment(change=0.5), "invalid-field"),
    ("an adjustment without an id", stock_adjustment(event_id=...), "invalid-field"),
    ("an adjustment with NUL in its id", stock_adjustment(event_id="a\0"), "invalid-field"),
    ("a price below nothing", price(amount=-1), "invalid-field"),
    ("a price with a point", price(amount=19.99), "invalid-field"),
    ("a currency in words", price(currency="euro"), "invalid-field"),
    ("a currency with a line break", price(currency="EU\n"), "invalid-field"),
    ("a product without a name", product(name=""), "invalid-field"),
    ("a product with NUL in its name", product(name="a\0b"), "invalid-field"),
    ("an attribute with NUL", product(attributes={"a": "\0"}), "invalid-field"),
    ("an attribute with a point", product(attributes={"a": 0.5}), "invalid-field"),
    ("an attribute beyond 53 bits", product(attributes={"a": 2**53}), "invalid-field"),
    ("an attribute that is a list", product(attributes={"a": []}), "invalid-field"),
    ("an attribute without a name", product(attributes={"": 1}), "invalid-field"),
    ("101 attributes", product(attributes={f"a{n}": n for n in range(101)}), "invalid-field"),
    ("discontinued as text", discontinue(discontinued="yes"), "invalid-field"),
    ("gzip that is cut off", gzip.compress(VALID.encode())[:-1], "broken-gzip"),
    ("gzip with something behind it", gzip.compress(VALID.encode()) + b"x", "broken-gzip"),
    ("gzip that is none", b"\x1f\x8b" + VALID.encode(), "broken-gzip"),
    ("gzip that becomes too much", gzip.compress(b" " * 50_000_000), "too-large"),
    ("gzip in gzip", gzip.compress(gzip.compress(VALID.encode())), "not-json"),
    ("a payload that is too large", b" " * LARGEST_PAYLOAD_BYTES + b"{}", "too-large"),
    ("deep nesting", b'{"x": ' + DEEP[: LARGEST_PAYLOAD_BYTES // 2].encode() + b"}", "not-json"),
    ("501 levels", b'{"x": ' + b"[" * 500 + b"]" * 500 + b", " + VALID.encode()[1:], "not-json"),
    ("501 levels behind a text with brackets",
     b'{"y": "\\"[[", "x": ' + b"[" * 500 + b"]" * 500 + b", " + VALID.encode()[1:], "not-json"),
    ("NaN in an unknown field, and 5.0",
     b'{"x": NaN, ' + VALID.replace(": 5", ": 5.0").encode()[1:], "not-json"),
    ("a lone surrogate in an unknown field, and 5.0",
     b'{"x": "\\ud800", ' + VALID.replace(": 5", ": 5.0").encode()[1:], "not-json"),
    ("a quantity of 10 to the power of 18", VALID.replace(": 5", ": 1e18").encode(),
     "invalid-field"),
    ("an invalid last value", b'{"quantity": 5, ' + VALID.replace(": 5", ": -5").encode()[1:],
     "invalid-field"),
    ("a type whose last value is unknown", VALID[:-1].encode() + b', "type": "count"}',
     "unknown-type"),
    ("deep nesting that ends", b'{"x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}", "not-json"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "reason"),
    [pytest.param(payload, reason, id=name) for name, payload, reason in REFUSED],
)
def test_what_breaks_the_contract_is_refused_with_a_reason(payload: object, reason: str) -> None:
    result = decoded(payload)

    assert isinstance(result, Malformed)
    assert result.reason == reason
    assert result.detail


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": 0},
        {"quantity": 1_000_000_000},
        {"sku": "s" * 64, "warehouse": "w" * 32, "event_id": "ü" * 64},
        {"occurred_at": "1970-01-01T00:00:00Z"},
        {"occurred_at": "2026-09-22T14:13:20Z"},
        {"occurred_at": "2026-09-21t14:00:00.123456789z"},
        {"unknown": {"field": [1e300]}},
        {"note": "between -0, and -0}"},
        {"occurred_at": "2026-09-21T06:00:00+16:00"},
        {"occurred_at": "2026-09-21T23:59:00+23:59"},
        {"occurred_at": "2024-02-29T12:00:00-00:00"},
    ],
)
def test_the_limits_themselves_are_valid(changes: dict[str, Any]) -> None:
    assert isinstance(decoded(stock_level(**changes)), Valid)


def test_data_that_is_not_base64_is_refused() -> None:
    record = structs.replace(kinesis.read(kinesis_event([b"x"]))[0], payload_base64="a$b=")

    result = decode(record)

    assert isinstance(result, Malformed)
    assert result.reason == "not-base64"


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise(payload: bytes) -> None:
    (record,) = kinesis.read(kinesis_event([payload]))

    assert all(isinstance(item, Valid | Malformed) for item in read(record))


def test_gzip_is_unpacked_and_archived_as_json() -> None:
    result = decoded(gzip.compress(VALID.encode()))

    assert isinstance(result, Valid)
    assert json.loads(result.event) == stock_level()


def test_an_aggregate_becomes_its_parts_and_one_bad_part_spoils_no_other() -> None:
    parts = [VALID.encode(), b"garbage", gzip.compress(json.dumps(price()).encode())]
    (record,) = kinesis.read(kinesis_event([aggregate(parts, "SKU-1")]))

    first, second, third = read(record)

    assert isinstance(first, Valid)
    assert isinstance(second, Malformed)
    assert isinstance(third, Valid)
    assert [item.record.sub_sequence_number for item in (first, second, third)] == [0, 1, 2]
    assert second.record.payload_base64 == base64.b64encode(b"garbage").decode()
    assert third.change.sequence_number == Decimal(f"{FIRST_SEQUENCE}.000002")
    assert {item.record.sequence_number for item in (first, second, third)} == {str(FIRST_SEQUENCE)}


def test_an_aggregate_that_is_damaged_is_refused_as_a_whole() -> None:
    broken = bytearray(aggregate([VALID.encode()], "SKU-1"))
    broken[10] ^= 1
    (record,) = kinesis.read(kinesis_event([bytes(broken)]))

    (only,) = read(record)

    assert isinstance(only, Malformed)
    assert only.reason == "broken-aggregate"
    assert only.record == record


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from([*sorted(stock_level()), "change", "attributes"]), json_values)
def test_any_value_in_any_field_is_valid_or_refused(name: str, value: object) -> None:
    payload = json.dumps(stock_level(**{name: value})).encode()

    result = decoded(payload)

    if isinstance(result, Valid):
        assert json.loads(result.event) == json.loads(payload)
