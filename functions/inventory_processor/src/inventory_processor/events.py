"""Reads records as events of the contract; whatever they hold, nothing is raised."""

from __future__ import annotations

import json
import re
from typing import Any, Literal

import msgspec

from inventory_processor import payload
from inventory_processor.contract import (
    CLOCK_TOLERANCE,
    EARLIEST,
    VERSION,
    AnyEvent,
    DiscontinueEvent,
    PriceEvent,
    ProductEvent,
    StockAdjustmentEvent,
    StockLevelEvent,
)
from inventory_processor.inventory import Adjustment, Change, Fact, StockLevel
from inventory_processor.kinesis import Record
from inventory_processor.payload import PayloadError

Reason = (
    payload.Reason
    | Literal["not-json", "unknown-version", "unknown-type", "invalid-field", "implausible-time"]
)
TYPES = ("stock_level", "stock_adjustment", "price", "product", "discontinue")


class Valid(msgspec.Struct, frozen=True):
    """A record that keeps the contract: what it changes, and its JSON as it came, on one line."""

    record: Record
    change: Change
    event: bytes


class Malformed(msgspec.Struct, frozen=True):
    """A record that does not: a stable reason to count by, a detail for people."""

    record: Record
    reason: Reason
    detail: str


class _Kind(msgspec.Struct, frozen=True):
    version: object = None
    type: object = None


_EVENT: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_KIND = msgspec.json.Decoder(_Kind)
# Stands before what closes a number; inside of dates and texts it may stand as well.
_MAYBE_NEGATIVE_ZERO = re.compile(rb"-0[\s,}\]]")


def read(record: Record) -> list[Valid | Malformed]:
    """The events of a record: one, or as many as its producer packed into it."""
    try:
        return [decode(part) for part in payload.parts(record)]
    except PayloadError as error:
        return [Malformed(record, error.reason, str(error))]


def decode(record: Record) -> Valid | Malformed:
    """Read a record that holds one event."""
    try:
        document = payload.document(record)
    except PayloadError as error:
        return Malformed(record, error.reason, str(error))
    try:
        event = _EVENT.decode(str(document, "utf-8"))
        if _MAYBE_NEGATIVE_ZERO.search(document) and _has_negative_zero(document):
            return Malformed(record, "invalid-field", "the number -0")
    except msgspec.ValidationError as error:
        return _refused(record, document, str(error))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Malformed(record, "not-json", str(error))
    if not EARLIEST <= event.occurred_at <= record.arrived_at + CLOCK_TOLERANCE:
        detail = f"occurred_at is {event.occurred_at.isoformat()}, arrival {record.arrived_at}"
        return Malformed(record, "implausible-time", detail)
    # Valid JSON has line breaks only between tokens, never inside a string.
    return Valid(record, _change(event, record), document.replace(b"\n", b" ").replace(b"\r", b" "))


def _change(event: AnyEvent, record: Record) -> Change:
    at, place = event.occurred_at, record.place
    match event:
        case StockLevelEvent():
            return StockLevel(event.sku, event.warehouse, event.quantity, at, place)
        case StockAdjustmentEvent():
            return Adjustment(event.sku, event.warehouse, at, event.event_id, event.change, place)
        case PriceEvent():
            price = {"amount": event.amount, "currency": event.currency}
            return Fact(event.sku, "price", price, at, place)
        case ProductEvent():
            described = {"name": event.name, "attributes": event.attributes}
            return Fact(event.sku, "description", described, at, place)
        case DiscontinueEvent():
            return Fact(event.sku, "discontinued", event.discontinued, at, place)


def _refused(record: Record, document: bytes, detail: str) -> Malformed:
    try:
        kind = _KIND.decode(document)
    except msgspec.ValidationError:
        return Malformed(record, "invalid-field", detail)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Malformed(record, "not-json", detail)
    if kind.version != VERSION or isinstance(kind.version, bool | float):
        return Malformed(record, "unknown-version", detail)
    if kind.type not in TYPES:
        return Malformed(record, "unknown-type", detail)
    return Malformed(record, "invalid-field", detail)


def _has_negative_zero(document: bytes) -> bool:
    """Whether any number is -0, which JSON knows and integers do not."""
    found = False

    def integer(text: str) -> Any:
        nonlocal found
        found = found or text == "-0"
        return text

    json.loads(document, parse_int=integer, parse_float=str)
    return found
