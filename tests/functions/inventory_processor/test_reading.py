"""How an event is read: numbers, repeated fields, times, levels, and what is written of errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from msgspec import structs

from catalog_platform.verification.aggregates import aggregate
from inventory_processor import events, kinesis
from inventory_processor.events import LONGEST_DETAIL, Malformed, Valid, decode, read
from inventory_processor.inventory import Fact, StockLevel
from support.events import FIRST_SEQUENCE, kinesis_event, product, stock_level

AT = datetime(2026, 9, 21, 14, tzinfo=UTC)
POSITION = Decimal(FIRST_SEQUENCE)
VALID = json.dumps(stock_level())


def decoded(payload: object) -> Valid | Malformed:
    return decode(kinesis.read(kinesis_event([payload]))[0])


@pytest.mark.parametrize("number", ["5.0", "5e0", "0.5E+1", "50e-1", "5.00000000000000000000001"])
def test_a_whole_number_may_be_written_in_any_way(number: str) -> None:
    result = decoded(VALID.replace(": 5", f": {number}").encode())

    assert isinstance(result, Valid)
    assert result.change == StockLevel("SKU-1", "BER", 5, AT, POSITION)
    assert number.encode() in result.event


@pytest.mark.parametrize("number", ["-0", "-0.0", "0e9", "-0E-2"])
def test_minus_zero_is_zero(number: str) -> None:
    result = decoded(VALID.replace(": 5", f": {number}").encode())

    assert isinstance(result, Valid)
    assert result.change == StockLevel("SKU-1", "BER", 0, AT, POSITION)


def test_the_version_and_attributes_may_be_written_with_a_point() -> None:
    result = decoded(product(version=1.0, attributes={"watt": 5.0, "large": 9007199254740991.0}))

    assert isinstance(result, Valid)
    assert isinstance(result.change, Fact)
    assert result.change.value == {
        "name": "Lamp", "attributes": {"watt": 5, "large": 9007199254740991},
    }  # fmt: skip


@pytest.mark.parametrize(
    "repeated",
    [
        '{"quantity": "many", ' + VALID[1:],
        '{"quantity": -1, "quantity": null, ' + VALID[1:],
        '{"type": "price", ' + VALID[1:],
        '{"type": "nothing", "version": 9, ' + VALID[1:],
        VALID.replace(": 5", ": 7")[:-1] + ', "quantity": 5}',
        VALID.replace(": 5", ": 7")[:-1] + ', "type": "stock_level", "quantity": 5.0}',
    ],
)
def test_the_last_value_of_a_repeated_field_counts(repeated: str) -> None:
    result = decoded(repeated.encode())

    assert isinstance(result, Valid)
    assert result.change == StockLevel("SKU-1", "BER", 5, AT, POSITION)


def test_the_seventh_digit_of_a_fraction_is_cut_off_not_rounded() -> None:
    result = decoded(stock_level(occurred_at="2026-09-21T13:59:59.9999999Z"))

    assert isinstance(result, Valid)
    assert result.change.occurred_at.isoformat() == "2026-09-21T13:59:59.999999+00:00"


def test_times_reach_the_database_in_utc() -> None:
    result = decoded(stock_level(occurred_at="2026-09-22T06:00:00+16:00"))

    assert isinstance(result, Valid)
    assert result.change.occurred_at == AT
    assert result.change.occurred_at.tzinfo is UTC


@pytest.mark.parametrize("arrived", ["9999-12-30T23:59:59", "9999-12-31T23:59:59"])
def test_an_arrival_at_the_end_of_time_is_no_error(arrived: str) -> None:
    record = structs.replace(
        kinesis.read(kinesis_event([stock_level()]))[0],
        arrived_at=datetime.fromisoformat(arrived).replace(tzinfo=UTC),
    )

    assert isinstance(decode(record), Valid)


def test_500_levels_of_an_unknown_field_are_let_through() -> None:
    deep = b'{"x": ' + b"[" * 499 + b"]" * 499 + b", "

    assert isinstance(decoded(deep + VALID.encode()[1:]), Valid)
    assert isinstance(decoded(deep + VALID.replace(": 5", ": 5.0").encode()[1:]), Valid)


def test_a_detail_is_short_and_can_be_written_whatever_the_event_holds() -> None:
    result = decoded(stock_level(type="x" * 60_000))

    assert isinstance(result, Malformed)
    assert len(result.detail) <= LONGEST_DETAIL


def test_a_bug_that_one_part_meets_refuses_that_part_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = events._change

    def change(event: Any, record: Any) -> Any:
        if event.sku == "poison":
            raise KeyError("a bug")
        return real(event, record)

    monkeypatch.setattr(events, "_change", change)
    parts = [VALID.encode(), json.dumps(stock_level(sku="poison")).encode()]
    (record,) = kinesis.read(kinesis_event([aggregate(parts, "SKU-1")]))

    first, second = read(record)

    assert isinstance(first, Valid)
    assert isinstance(second, Malformed)
    assert (second.reason, second.detail) == ("unexpected-error", "KeyError")
