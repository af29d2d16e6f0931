"""Parsing of records into events; invalid content never raises an exception."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec

from catalog_runtime.logs import LOGGER
from inventory_processor import payload, times
from inventory_processor.budget import Budget, BudgetError
from inventory_processor.contract import (
    LARGEST_PAYLOAD_BYTES,
    MOST_LEVELS,
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
from inventory_processor.refusals import PayloadError, Reason

TYPES = ("stock_level", "stock_adjustment", "price", "product", "discontinue")
LONGEST_DETAIL = 500


class Valid(msgspec.Struct, frozen=True, gc=False):
    """A record that conforms to the contract: its change, and its original JSON on one line."""

    record: Record
    change: Change
    event: bytes


class Malformed(msgspec.Struct, frozen=True, gc=False):
    """A record that violates the contract: a stable reason, and a detail for people."""

    record: Record
    reason: Reason
    detail: str


_EVENT: msgspec.json.Decoder[AnyEvent] = msgspec.json.Decoder(AnyEvent)
_SYNTAX = msgspec.json.Decoder(msgspec.Raw)
_TEXTS = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")
# No number of the contract has more digits; Python refuses to parse numbers of thousands of digits.
_LONGEST_INTEGER = 20


def read(record: Record, budget: Budget | None = None) -> list[Valid | Malformed]:
    """Return the events of a record: one, or all that its producer aggregated.

    Raises `BudgetError` as soon as they exceed the rest of the budget.
    """
    budget = budget or Budget()
    try:
        if not payload.is_aggregate(record):
            return [_decode(record, budget)]
        return [_guarded(part, budget) for part in payload.parts(record)]
    except PayloadError as error:
        budget.spend(len(record.payload_base64))
        return [refused(record, error.reason, str(error))]
    except (BudgetError, MemoryError):
        raise
    except Exception as error:  # A bug that one record meets must not stop the others.
        return [unexpected(record, error)]


def refused(record: Record, reason: Reason, detail: str) -> Malformed:
    """Return a refused record. The detail may quote a value of any length and content."""
    return Malformed(record, reason, detail.encode(errors="replace").decode()[:LONGEST_DETAIL])


def unexpected(record: Record, error: Exception) -> Malformed:
    """Return a record that triggers a bug; log the stack, without the exception's message."""
    name = type(error).__name__
    facts = {"sequence_number": record.sequence_number, "cause": name}
    LOGGER.error("record failed unexpectedly", extra={"facts": facts}, exc_info=error)
    return refused(record, "unexpected-error", name)


def decode(record: Record) -> Valid | Malformed:
    """Parse a record that holds one event."""
    return _decode(record, Budget())


def _guarded(record: Record, budget: Budget) -> Valid | Malformed:
    try:
        return _decode(record, budget)
    except (BudgetError, MemoryError):
        raise
    except Exception as error:  # As in `read`, but the record's other parts are kept.
        return unexpected(record, error)


def _decode(record: Record, budget: Budget) -> Valid | Malformed:
    try:
        document = payload.document(record)
    except PayloadError as error:
        unpacked = LARGEST_PAYLOAD_BYTES if error.reason == "too-large" else 0
        budget.spend(max(unpacked, len(record.payload_base64)))
        return refused(record, error.reason, str(error))
    try:
        event = _event(document)
    except PayloadError as error:
        budget.spend(len(document))
        return refused(record, error.reason, str(error))
    budget.spend(len(document), len(event.attributes) if type(event) is ProductEvent else 0)
    change = _change(event, record)
    if change is None:
        detail = f"occurred_at is {event.occurred_at}, arrival {record.arrived_at.isoformat()}"
        return refused(record, "implausible-time", detail)
    # Valid JSON has line breaks only between tokens, never inside a string.
    return Valid(record, change, document.replace(b"\n", b" ").replace(b"\r", b" "))


def _event(document: bytes) -> AnyEvent:
    """Raises `PayloadError`."""
    try:
        text = str(document, "utf-8")
        if len(text) > MOST_LEVELS and _is_deep(text):
            raise PayloadError("not-json", f"more than {MOST_LEVELS} levels")
        try:
            return _EVENT.decode(text)
        except msgspec.ValidationError:
            # Numbers and repeated fields may be valid for JSON Schema but not for this decoder.
            return _from_any_json(text)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        if isinstance(error, PayloadError):
            raise
        raise PayloadError("not-json", str(error)) from None


def _from_any_json(text: str) -> AnyEvent:
    """Parse as JSON Schema does: 5.0, 5e0 and 5 are equal; the last of repeated fields counts.

    Slower than the decoder. Raises `PayloadError`, and `ValueError` for invalid JSON.
    """
    _SYNTAX.decode(text)
    found = json.loads(text, parse_float=_number, parse_int=_integer)
    try:
        event: AnyEvent = msgspec.convert(found, AnyEvent)
    except msgspec.ValidationError as error:
        detail = str(error).replace(repr(times.PATTERN), "of RFC 3339")
        raise PayloadError(_reason(found), detail) from None
    return event


def _reason(found: Any) -> Reason:
    if not isinstance(found, dict):
        return "invalid-field"
    version = found.get("version")
    if version != VERSION or isinstance(version, bool):
        return "unknown-version"
    return "invalid-field" if found.get("type") in TYPES else "unknown-type"


def _number(text: str) -> int | float:
    """Return the double of a number with a point or an exponent, as an int if it is whole.

    https://www.rfc-editor.org/rfc/rfc8259#section-6
    """
    value = float(text)
    return int(value) if value.is_integer() else value


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= _LONGEST_INTEGER else math.inf


def _is_deep(text: str) -> bool:
    """Return whether arrays and objects are nested too deeply."""
    if text.count("[") + text.count("{") <= MOST_LEVELS:
        return False
    level = 0
    for bracket in _BRACKETS.finditer(_TEXTS.sub("", text)):
        level += 1 if bracket[0] in "[{" else -1
        if level > MOST_LEVELS:
            return True
    return False


def _change(event: AnyEvent, record: Record) -> Change | None:
    """Return the change of an event, or None when its time is implausible."""
    try:
        at, number = times.utc(event.occurred_at), record.position
    except OverflowError:
        return None
    if not times.is_plausible(at, record.arrived_at):
        return None
    match event:
        case StockLevelEvent():
            return StockLevel(event.sku, event.warehouse, event.quantity, at, number)
        case StockAdjustmentEvent():
            return Adjustment(event.sku, event.warehouse, at, event.event_id, event.change, number)
        case PriceEvent():
            price = {"amount": event.amount, "currency": event.currency}
            return Fact(event.sku, "price", price, at, number)
        case ProductEvent():
            described = {"name": event.name, "attributes": event.attributes}
            return Fact(event.sku, "description", described, at, number)
        case DiscontinueEvent():
            return Fact(event.sku, "discontinued", event.discontinued, at, number)
