"""Rules about positions in a shard: iterators, sequence numbers and timestamps.

https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html
"""

from __future__ import annotations

import bisect
import time
import uuid
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import kinesis

from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.streams import CLOSED

Parameters = Mapping[str, Any]

BY_NUMBER = ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")


def get_shard_iterator(parameters: Parameters, stream: Any) -> Refusal | None:
    """Return why AWS refuses GetShardIterator, or None."""
    shard_id = parameters["ShardId"]
    if shard_id not in stream["shards"]:
        return Refusal(
            "ResourceNotFoundException",
            f"Shard {shard_id} in stream {stream['StreamName']} under account"
            f" {get_account_id()} does not exist",
        )
    return _position_refusal(
        stream,
        shard_id,
        parameters["ShardIteratorType"],
        parameters.get("StartingSequenceNumber"),
        parameters.get("Timestamp"),
    )


def subscribe(parameters: Parameters, _stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SubscribeToShard.html"""
    consumer = kinesis._consumers.get(parameters["ConsumerARN"])
    stream = kinesis._resolve_stream({"StreamARN": consumer["StreamARN"]})[1] if consumer else None
    shard_id, start = parameters["ShardId"], parameters["StartingPosition"]
    if stream is None or shard_id not in stream["shards"]:
        # The emulator refuses these before it changes anything.
        return None
    number, timestamp = start.get("SequenceNumber"), start.get("Timestamp")
    return _position_refusal(stream, shard_id, start["Type"], number, timestamp)


def get_records(parameters: Parameters, _stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html"""
    token, arn = parameters["ShardIterator"], parameters.get("StreamARN")
    found = kinesis._shard_iterators.get(token)
    if found is None and not _is_iterator(token):
        return Refusal("InvalidArgumentException", "Invalid ShardIterator.")
    if found is not None and arn and found["stream_arn"] != arn:
        return Refusal("InvalidArgumentException", f"ShardIterator is not of the stream {arn}.")
    return None


def is_issued(stream: Any, number: str) -> bool:
    """Return whether a sequence number is not beyond the stream's newest one."""
    newest = max(_newest(shard) for shard in stream["shards"].values())
    return int(number) <= newest


def _position_refusal(
    stream: Any, shard_id: str, kind: str, number: str | None, timestamp: float | None
) -> Refusal | None:
    if (kind in BY_NUMBER) != (number is not None):
        given = f"{kind} and {'no' if number is None else 'also a'} StartingSequenceNumber"
        return Refusal(
            "InvalidArgumentException",
            "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and"
            " StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no StartingSequenceNumber."
            f" Request specified {given}.",
        )
    if kind == "AT_TIMESTAMP" and timestamp is None:
        return Refusal(
            "InvalidArgumentException",
            f"Must specify timestamp parameter for iterator type {kind}.",
        )
    now, wanted = time.time() * 1000, (timestamp or 0) * 1000
    if kind == "AT_TIMESTAMP" and wanted > now:
        return Refusal(
            "InvalidArgumentException",
            "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis."
            f" timestampInMillis: {wanted:.0f}, currentTimestampInMillis: {now:.0f}",
        )
    return None if number is None else _number_refusal(stream, shard_id, number)


def _number_refusal(stream: Any, shard_id: str, number: str) -> Refusal | None:
    """Return a refusal for a sequence number of another shard, or of none."""
    wanted, shard = int(number), stream["shards"][shard_id]
    if _has(shard, wanted):
        return None
    for other, found in stream["shards"].items():
        if other != shard_id and _has(found, wanted):
            return Refusal(
                "InvalidArgumentException",
                f"Invalid StartingSequenceNumber. It encodes {other}, while it was used in a call"
                f" to a shard with {shard_id}",
            )
    # Numbers of expired records are unknown, but within the shard's range.
    if int(shard["starting_sequence_number"]) <= wanted <= _newest(shard):
        return None
    return Refusal(
        "InvalidArgumentException",
        f"StartingSequenceNumber {number} used in GetShardIterator on shard {shard_id} in stream"
        f" {stream['StreamName']} under account {get_account_id()} is invalid because it did not"
        " come from this stream.",
    )


def _has(shard: Any, number: int) -> bool:
    """Return whether a number is that of a record of the shard, or its first or last one."""
    records = shard["records"]
    index = bisect.bisect_left(records, number, key=lambda record: int(record["SequenceNumber"]))
    bounds = (shard["starting_sequence_number"], shard.get(CLOSED, "-1"))
    return number in map(int, bounds) or (
        index < len(records) and int(records[index]["SequenceNumber"]) == number
    )


def _newest(shard: Any) -> int:
    records = shard["records"]
    last = records[-1]["SequenceNumber"] if records else shard["starting_sequence_number"]
    return max(int(last), int(shard.get(CLOSED, 0)))


def _is_iterator(token: str) -> bool:
    """Return whether a token has the form of the emulator's iterators, which may have expired."""
    try:
        return str(uuid.UUID(token)) == token
    except ValueError:
        return False
