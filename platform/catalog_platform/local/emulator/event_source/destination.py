"""What a failure destination gets when a batch is given up.

Shape and object key: https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.local.emulator.event_source.model import Discard


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the record tells besides the batch itself."""

    mapping: str
    function_arn: str
    executed_version: str
    stream_arn: str
    shard: str
    request: str


def record(given_up: Discard, about: Circumstances, now: float) -> dict[str, Any]:
    """The invocation record, without payload: what SQS and SNS get. `now` is seconds since 1970."""
    batch = given_up.batch
    first, last = batch.records[0], batch.records[-1]
    response: dict[str, Any] = {"statusCode": 200, "executedVersion": about.executed_version}
    if given_up.raised:
        response["functionError"] = "Unhandled"
    return {
        "requestContext": {
            "requestId": about.request,
            "functionArn": about.function_arn,
            "condition": given_up.condition,
            "approximateInvokeCount": batch.attempts,
        },
        "responseContext": response,
        "version": "1.0",
        "timestamp": _timestamp(now),
        "KinesisBatchInfo": {
            "shardId": about.shard,
            "startSequenceNumber": sequence_number(first.event),
            "endSequenceNumber": sequence_number(last.event),
            "approximateArrivalOfFirstRecord": _timestamp(first.arrived),
            "approximateArrivalOfLastRecord": _timestamp(last.arrived),
            "batchSize": len(batch.records),
            "streamArn": about.stream_arn,
        },
    }


def record_with_payload(given_up: Discard, about: Circumstances, now: float) -> dict[str, Any]:
    """What S3 gets: the same, and the whole event as an escaped JSON string."""
    event = {"Records": [entry.event for entry in given_up.batch.records]}
    return {**record(given_up, about, now), "payload": json.dumps(event)}


def object_key(about: Circumstances, now: float) -> str:
    """`aws/lambda/<mapping>/<shard>/YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random UUID>`, in UTC."""
    moment = datetime.datetime.fromtimestamp(now, datetime.UTC)
    return (
        f"aws/lambda/{about.mapping}/{about.shard}/{moment:%Y/%m/%d}/"
        f"{moment:%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    )


def sequence_number(event: Mapping[str, Any]) -> str:
    """The sequence number as the stream writes it, leading zeros included."""
    return str(event["kinesis"]["sequenceNumber"])


def _timestamp(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
