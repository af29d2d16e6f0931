"""The event contract: what producers put on the stream, and what is refused.

Everything about it is in `docs/events.md`. Unknown fields are let through (and archived as they
came), unknown versions and types are refused.
"""

from __future__ import annotations

import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from inventory_processor.inventory import StockLevel
from inventory_processor.kinesis import Record

LARGEST_PAYLOAD_BYTES = 65_536
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# An event from further in the future would shut out all that follow it.
CLOCK_TOLERANCE = timedelta(hours=24)

_MICROSECOND = timedelta(microseconds=1)
_NAME = r"\A[A-Za-z0-9._-]+\Z"

Reason = Literal[
    "not-base64",
    "too-large",
    "not-json",
    "unknown-version",
    "unknown-type",
    "invalid-field",
    "implausible-time",
]


class StockLevelEvent(msgspec.Struct, frozen=True):
    """Version 1: so many pieces of an article are in a warehouse at a time."""

    version: Literal[1]
    type: Literal["stock_level"]
    event_id: Annotated[str, Meta(min_length=1, max_length=64)]
    sku: Annotated[str, Meta(min_length=1, max_length=64, pattern=_NAME)]
    warehouse: Annotated[str, Meta(min_length=1, max_length=32, pattern=_NAME)]
    quantity: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    occurred_at: Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True)
class Valid:
    """A record that keeps the contract: its effect, and its JSON as it came, on one line."""

    record: Record
    level: StockLevel
    event: bytes


@dataclass(frozen=True, slots=True)
class Malformed:
    """A record that does not: a stable reason to count by, a detail for people."""

    record: Record
    reason: Reason
    detail: str


_EVENT = msgspec.json.Decoder(StockLevelEvent)


class _Kind(msgspec.Struct, frozen=True):
    version: object = None
    type: object = None


_KIND = msgspec.json.Decoder(_Kind)


def decode(record: Record) -> Valid | Malformed:
    """Read one record; never raises, whatever the payload holds."""
    try:
        payload = binascii.a2b_base64(record.payload_base64, strict_mode=True)
    except (binascii.Error, ValueError) as error:
        return Malformed(record, "not-base64", str(error))
    if len(payload) > LARGEST_PAYLOAD_BYTES:
        detail = f"{len(payload)} bytes, at most {LARGEST_PAYLOAD_BYTES}"
        return Malformed(record, "too-large", detail)
    try:
        event = _EVENT.decode(str(payload, "utf-8"))
    except msgspec.ValidationError as error:
        return _refused(record, payload, str(error))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Malformed(record, "not-json", str(error))
    if not EARLIEST <= event.occurred_at <= record.arrived_at + CLOCK_TOLERANCE:
        detail = f"occurred_at is {event.occurred_at.isoformat()}, arrival {record.arrived_at}"
        return Malformed(record, "implausible-time", detail)
    level = StockLevel(
        sku=event.sku,
        warehouse=event.warehouse,
        quantity=event.quantity,
        occurred_at_us=(event.occurred_at - EARLIEST) // _MICROSECOND,
        sequence_number=int(record.sequence_number),
    )
    # Valid JSON has line breaks only between tokens, never inside a string.
    return Valid(record, level, payload.replace(b"\n", b" ").replace(b"\r", b" "))


def _refused(record: Record, payload: bytes, detail: str) -> Malformed:
    try:
        kind = _KIND.decode(payload)
    except msgspec.ValidationError:
        return Malformed(record, "invalid-field", detail)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return Malformed(record, "not-json", detail)
    if kind.version != 1 or isinstance(kind.version, bool | float):
        return Malformed(record, "unknown-version", detail)
    if kind.type != "stock_level":
        return Malformed(record, "unknown-type", detail)
    return Malformed(record, "invalid-field", detail)
