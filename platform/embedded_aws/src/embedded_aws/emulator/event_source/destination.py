"""The invocation record that a failure destination gets for a discarded batch.

Format and object key:
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.emulator.event_source.model import Discard


@dataclass(frozen=True, slots=True)
class InvocationContext:
    """Facts about an invocation that are not part of the batch."""

    mapping: str
    function_arn: str
    executed_version: str
    stream_arn: str
    shard: str
    request: str


def record(discarded: Discard, context: InvocationContext, now: float) -> dict[str, Any]:
    """Return the record for SQS and SNS, without payload. `now` is seconds since 1970."""
    batch = discarded.batch
    first, last = batch.records[0], batch.records[-1]
    response: dict[str, Any] = {"statusCode": 200, "executedVersion": context.executed_version}
    if discarded.raised:
        response["functionError"] = "Unhandled"
    return {
        "requestContext": {
            "requestId": context.request,
            "functionArn": context.function_arn,
            "condition": discarded.condition,
            "approximateInvokeCount": batch.attempts,
        },
        "responseContext": response,
        "version": "1.0",
        "timestamp": _timestamp(now),
        "KinesisBatchInfo": {
            "shardId": context.shard,
            "startSequenceNumber": sequence_number(first.event),
            "endSequenceNumber": sequence_number(last.event),
            "approximateArrivalOfFirstRecord": _timestamp(first.arrived),
            "approximateArrivalOfLastRecord": _timestamp(last.arrived),
            "batchSize": len(batch.records),
            "streamArn": context.stream_arn,
        },
    }


def record_with_payload(
    discarded: Discard, context: InvocationContext, now: float
) -> dict[str, Any]:
    """Return the record for S3, which adds the event as an escaped JSON string."""
    event = {"Records": [entry.event for entry in discarded.batch.records]}
    return {**record(discarded, context, now), "payload": json.dumps(event)}


def object_key(context: InvocationContext, now: float) -> str:
    """`aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`, in UTC."""
    timestamp = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return (
        f"aws/lambda/{context.mapping}/{context.shard}/{timestamp:%Y/%m/%d}/"
        f"{timestamp:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    )


def sequence_number(event: Mapping[str, Any]) -> str:
    """Return the sequence number as the stream has it, with leading zeros."""
    return str(event["kinesis"]["sequenceNumber"])


def _timestamp(seconds: float) -> str:
    timestamp = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return timestamp.strftime("%Y-%m-%dT%H:%M:%S.") + f"{timestamp.microsecond // 1000:03d}Z"
