"""Records of failure destinations:
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
"""

from __future__ import annotations

import json
import re

from embedded_aws.emulator.event_source.destination import (
    InvocationContext,
    object_key,
    record,
    record_with_payload,
)
from embedded_aws.emulator.event_source.model import Discard
from support.kinesis import batch

MOMENT = 1_573_691_886.021
STREAM = "arn:aws:kinesis:us-east-1:000000000001:stream/inventory"
CONTEXT = InvocationContext(
    mapping="b3f1",
    function_arn="arn:aws:lambda:us-east-1:000000000001:function:processor",
    executed_version="$LATEST",
    stream_arn=STREAM,
    shard="shardId-000000000006",
    request="c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
)


def test_the_record_has_the_documented_shape() -> None:
    discarded = Discard(batch(7, 8, attempts=3), "RetryAttemptsExhausted", raised=True)
    assert record(discarded, CONTEXT, MOMENT) == {
        "requestContext": {
            "requestId": "c9b8fa9f-5a7f-xmpl-af9c-0c604cde93a5",
            "functionArn": CONTEXT.function_arn,
            "condition": "RetryAttemptsExhausted",
            "approximateInvokeCount": 3,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": "Unhandled",
        },
        "version": "1.0",
        "timestamp": "2019-11-14T00:38:06.021Z",
        "KinesisBatchInfo": {
            "shardId": "shardId-000000000006",
            "startSequenceNumber": f"{7:030d}",
            "endSequenceNumber": f"{8:030d}",
            "approximateArrivalOfFirstRecord": "1970-01-01T00:00:00.000Z",
            "approximateArrivalOfLastRecord": "1970-01-01T00:00:00.000Z",
            "batchSize": 2,
            "streamArn": STREAM,
        },
    }


def test_reported_item_failures_are_no_function_error() -> None:
    discarded = Discard(batch(7, attempts=1), "RetryAttemptsExhausted", raised=False)
    assert "functionError" not in record(discarded, CONTEXT, MOMENT)["responseContext"]


def test_a_bucket_gets_the_event_as_a_json_string() -> None:
    discarded = Discard(batch(7, 8), "RetryAttemptsExhausted")
    payload = record_with_payload(discarded, CONTEXT, MOMENT)["payload"]
    numbers = [entry["kinesis"]["sequenceNumber"] for entry in json.loads(payload)["Records"]]
    assert numbers == [f"{7:030d}", f"{8:030d}"]


def test_the_object_key_contains_mapping_shard_and_time() -> None:
    expected = (
        r"aws/lambda/b3f1/shardId-000000000006/2019/11/14/2019-11-14T00\.38\.06-[0-9a-f-]{36}"
    )
    assert re.fullmatch(expected, object_key(CONTEXT, MOMENT))
