"""The event contract, version 1: what producers may put on the stream.

`docs/events.md` explains the events; its tables and `docs/events.schema.json` are generated from
the types below. Unknown fields are ignored; a value with a wrong type or out of range is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from inventory_processor import times

VERSION = 1
LARGEST_PAYLOAD_BYTES = 65_536
# Recursive parsers fail, or crash the process, somewhere above this depth.
MOST_LEVELS = 500

SCHEMA_ID = f"urn:product-catalog:inventory-events:{VERSION}"
# In Python, `$` also matches before a final line break. Patterns here use `\Z`; the schema has `$`,
# and this to exclude the line break.
_ONE_LINE = {"not": {"pattern": r"\n"}}
_NAME = r"\A[A-Za-z0-9._-]+\Z"
# PostgreSQL's text cannot contain NUL.
_TEXT = r"\A[^\x00]*\Z"
_SAFE_INTEGER = 2**53 - 1

Sku = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=64,
        pattern=_NAME,
        description="The article.",
        extra_json_schema=_ONE_LINE,
    ),
]
Warehouse = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=32,
        pattern=_NAME,
        description="Where it is.",
        extra_json_schema=_ONE_LINE,
    ),
]
OccurredAt = Annotated[
    str,
    Meta(
        pattern=times.PATTERN,
        description="When it happened: RFC 3339 with offset, no leap second. Microseconds count;"
        " further digits, up to the ninth, are allowed and cut off.",
        extra_json_schema={"format": "date-time", **_ONE_LINE},
    ),
]
Text = Annotated[str, Meta(max_length=1024, pattern=_TEXT)]
Number = Annotated[int, Meta(ge=-_SAFE_INTEGER, le=_SAFE_INTEGER)]


class Event(msgspec.Struct, frozen=True, kw_only=True, gc=False, tag_field="type"):
    """Fields of every event."""

    version: Annotated[Literal[1], Meta(description="Of this contract.")]
    event_id: Annotated[
        str, Meta(min_length=1, max_length=64, description="The producer's name for the event.")
    ]
    sku: Sku
    occurred_at: OccurredAt


class StockLevelEvent(Event, frozen=True, kw_only=True, tag="stock_level"):
    """The counted number of pieces of an article in a warehouse."""

    warehouse: Warehouse
    quantity: Annotated[int, Meta(ge=0, le=1_000_000_000, description="Number of pieces.")]


class StockAdjustmentEvent(Event, frozen=True, kw_only=True, tag="stock_adjustment"):
    """A number of pieces of an article that entered or left a warehouse."""

    event_id: Annotated[
        str,
        Meta(
            min_length=1,
            max_length=64,
            pattern=r"\A[!-~]+\Z",
            description="Identifies repetitions: an event keeps its id when it is sent again.",
            extra_json_schema=_ONE_LINE,
        ),
    ]
    warehouse: Warehouse
    change: Annotated[
        int,
        Meta(
            ge=-1_000_000_000,
            le=1_000_000_000,
            description="Pieces that entered (positive) or left (negative).",
        ),
    ]


class PriceEvent(Event, frozen=True, kw_only=True, tag="price"):
    """The price of an article."""

    amount: Annotated[
        int, Meta(ge=0, le=1_000_000_000_000, description="In the currency's smallest unit.")
    ]
    currency: Annotated[
        str,
        Meta(pattern=r"\A[A-Z]{3}\Z", description="ISO 4217.", extra_json_schema=_ONE_LINE),
    ]


class ProductEvent(Event, frozen=True, kw_only=True, tag="product"):
    """The description of an article; it replaces the previous one."""

    name: Annotated[
        str, Meta(min_length=1, max_length=256, pattern=_TEXT, description="Name to display.")
    ]
    attributes: Annotated[
        dict[
            Annotated[
                str, Meta(min_length=1, max_length=64, pattern=_NAME, extra_json_schema=_ONE_LINE)
            ],
            bool | Number | Text,
        ],
        Meta(max_length=100, description="By name: text, integers and booleans."),
    ] = {}


class DiscontinueEvent(Event, frozen=True, kw_only=True, tag="discontinue"):
    """An article is discontinued; its remaining stock is still counted."""

    discontinued: Annotated[bool, Meta(description="`false` reverts it.")] = True


AnyEvent = StockLevelEvent | StockAdjustmentEvent | PriceEvent | ProductEvent | DiscontinueEvent


def json_schema() -> dict[str, Any]:
    """Return the contract as JSON Schema (2020-12), with anchors that all regex dialects share."""
    found = msgspec.json.schema(AnyEvent)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": f"Inventory events, version {VERSION}",
        **_portable(found),
    }


def _portable(node: Any) -> Any:
    if isinstance(node, list):
        return [_portable(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {name: _portable(value) for name, value in node.items()}
    if isinstance(found.get("pattern"), str):
        found["pattern"] = found["pattern"].replace(r"\A", "^").replace(r"\Z", "$")
    return found
