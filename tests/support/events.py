"""Kinesis events as Lambda delivers them, and inventory events as producers write them."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any

ARRIVED = 1_790_000_000.123  # 2026-09-21T14:13:20.123Z
SHARD = "shardId-000000000003"
FIRST_SEQUENCE = 49590338271490256608559692538361571095921575989136588898


def stock_level(**changes: Any) -> dict[str, Any]:
    """A valid event of version 1, with changes; a value of `...` leaves the field out."""
    return _event("stock_level", {"warehouse": "BER", "quantity": 5, **changes})


def stock_adjustment(**changes: Any) -> dict[str, Any]:
    return _event("stock_adjustment", {"warehouse": "BER", "change": -2, **changes})


def price(**changes: Any) -> dict[str, Any]:
    return _event("price", {"amount": 1999, "currency": "EUR", **changes})


def product(**changes: Any) -> dict[str, Any]:
    return _event("product", {"name": "Lamp", "attributes": {"watt": 5}, **changes})


def discontinue(**changes: Any) -> dict[str, Any]:
    return _event("discontinue", changes)


def _event(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    event = {
        "version": 1,
        "type": kind,
        "event_id": "e-1",
        "sku": "SKU-1",
        "occurred_at": "2026-09-21T14:00:00Z",
        **fields,
    }
    return {name: value for name, value in event.items() if value is not ...}


def sequence(position: int) -> str:
    """The sequence number of the record at a position of the test stream."""
    return str(FIRST_SEQUENCE + position)


def kinesis_record(payload: object, position: int = 0, shard: str = SHARD) -> dict[str, Any]:
    """One record of a Lambda event; anything but bytes becomes JSON first.

    https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html#services-kinesis-event-example
    """
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "SKU-1",
            "sequenceNumber": sequence(position),
            "data": base64.b64encode(data).decode(),
            "approximateArrivalTimestamp": ARRIVED + position,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": f"{shard}:{sequence(position)}",
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::111111111111:role/processor",
        "awsRegion": "eu-west-1",
        "eventSourceARN": "arn:aws:kinesis:eu-west-1:111111111111:stream/updates",
    }


def kinesis_event(payloads: Iterable[object], start: int = 0) -> dict[str, Any]:
    """A batch: the payloads in stream order."""
    return {
        "Records": [
            kinesis_record(payload, position) for position, payload in enumerate(payloads, start)
        ]
    }
