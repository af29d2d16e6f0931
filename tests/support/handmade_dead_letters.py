"""Dead letters written by hand, to stand beside broken ones in a bucket."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime


def an_event(sku: str) -> bytes:
    now = datetime.now(UTC).isoformat()
    fields = {"version": 1, "type": "stock_level", "event_id": sku, "quantity": 1}
    return json.dumps({**fields, "sku": sku, "warehouse": "BER", "occurred_at": now}).encode()


def a_line(number: int, payload: bytes) -> bytes:
    fields = {
        "sequence_number": str(number),
        "shard_id": "shardId-000000000000",
        "arrived_at": datetime.now(UTC).isoformat(),
        "partition_key": "LATE",
        "reason": "not-json",
        "payload_base64": base64.b64encode(payload).decode(),
    }
    return json.dumps(fields).encode() + b"\n"


def named_only(shard_id: str) -> bytes:
    """What Lambda leaves of a batch of which only the range is known."""
    batch = {
        "shardId": shard_id,
        "startSequenceNumber": "1",
        "endSequenceNumber": "3",
        "batchSize": 3,
    }
    context = {"condition": "RetryAttemptsExhausted"}
    return json.dumps({"requestContext": context, "KinesisBatchInfo": batch}).encode()
