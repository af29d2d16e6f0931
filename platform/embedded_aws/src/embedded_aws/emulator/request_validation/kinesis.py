"""Rules of Kinesis that its service model does not contain.

Each rule takes the parameters of a call and returns a refusal or None, without side effects.
https://docs.aws.amazon.com/kinesis/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id
from ministack.services import kinesis

from embedded_aws.emulator.request_validation import kinesis_positions, kinesis_shards
from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.request_validation.kinesis_limits import (
    beyond_quota,
    invalid,
    not_active,
)

Parameters = Mapping[str, Any]

MAXIMUM_HASH_KEY = 2**128 - 1
# https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
# AWS accepts records up to the stream's `MaxRecordSizeInKiB` of at most 10 MiB.
MAXIMUM_RECORD_BYTES = 1024 * 1024
# The emulator's own limit; AWS accepts 10 MiB.
MAXIMUM_REQUEST_BYTES = 5 * 1024 * 1024
MAXIMUM_CONSUMERS = 20
RETENTION_HOURS = (24, 8760)
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html
MAXIMUM_TAGS = 50
# Its parameters name no stream, or name it elsewhere.
WITHOUT_STREAM = frozenset(
    (
        *("CreateStream", "ListStreams", "GetRecords", "DescribeLimits", "SubscribeToShard"),
        *("DeregisterStreamConsumer", "DescribeStreamConsumer", "ListShards"),
        *("PutResourcePolicy", "GetResourcePolicy", "DeleteResourcePolicy"),
    )
)


def refusal(operation: str, parameters: Parameters, shape: Any) -> Refusal | None:
    """Return why AWS refuses a call, or None; `shape` is the operation's input."""
    takes_stream = shape is not None and "StreamARN" in shape.members
    if takes_stream and operation not in WITHOUT_STREAM:
        found = _stream_refusal(parameters)
        if found:
            return found
    rule = _RULES.get(operation)
    _name, stream = kinesis._resolve_stream(parameters)
    return rule(parameters, stream) if rule else None


def _stream_refusal(parameters: Parameters) -> Refusal | None:
    name, arn = parameters.get("StreamName"), parameters.get("StreamARN")
    if not name and not arn:
        return invalid("Either StreamName or StreamARN must be specified")
    if arn and name and arn.rpartition("/")[2] != name:
        return invalid(f"StreamARN {arn} and StreamName {name} name different streams")
    if kinesis._resolve_stream(parameters)[1] is None:
        shown = name or str(arn).rpartition("/")[2]
        return Refusal(
            "ResourceNotFoundException",
            f"Stream {shown} under account {get_account_id()} not found.",
        )
    return None


def _create(parameters: Parameters, existing: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html"""
    if existing is not None:
        return Refusal(
            "ResourceInUseException",
            f"Stream {parameters['StreamName']} under account {get_account_id()} already exists.",
        )
    return beyond_quota(parameters.get("ShardCount", 1))


def _delete(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DeleteStream.html"""
    if _consumers(stream["StreamARN"]) and not parameters.get("EnforceConsumerDeletion"):
        return Refusal(
            "ResourceInUseException",
            f"Stream {stream['StreamName']} has registered consumers; deregister them or set"
            " EnforceConsumerDeletion.",
        )
    return None


def _put(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecord.html"""
    order = parameters.get("SequenceNumberForOrdering")
    if order is not None and not kinesis_positions.is_issued(stream, order):
        return invalid(
            f"ExclusiveMinimumSequenceNumber {order} used in PutRecord on stream"
            f" {stream['StreamName']} under account {get_account_id()} is invalid."
        )
    return not_active(stream) or _put_records({"Records": [parameters]}, stream)


def _put_records(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html"""
    total = 0
    for record in parameters["Records"]:
        key, data = record["PartitionKey"], record["Data"]
        hash_key = record.get("ExplicitHashKey")
        if hash_key is not None and int(hash_key) > MAXIMUM_HASH_KEY:
            return invalid(
                "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]."
                f" Specified value was {hash_key}"
            )
        size = len(key.encode()) + _data_bytes(data)
        if size > MAXIMUM_RECORD_BYTES:
            return invalid(
                f"The record of {size} bytes, with its partition key, is larger than the limit"
                f" of {MAXIMUM_RECORD_BYTES} bytes."
            )
        total += size
    if total > MAXIMUM_REQUEST_BYTES:
        return invalid(
            f"The records of {total} bytes, with their partition keys, are larger than the limit"
            f" of {MAXIMUM_REQUEST_BYTES} bytes per request."
        )
    return not_active(stream)


def _data_bytes(data: str | bytes) -> int:
    return len(data if isinstance(data, bytes) else binascii.a2b_base64(data))


def _increase(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_IncreaseStreamRetentionPeriod.html"""
    hours, current = parameters["RetentionPeriodHours"], stream["RetentionPeriodHours"]
    if hours < current:
        return invalid(
            f"Requested retention period ({hours} hours) for stream {stream['StreamName']} can not"
            f" be shorter than existing retention period ({current} hours)."
            " Use DecreaseRetentionPeriod API."
        )
    return retention_refusal(hours) or not_active(stream)


def _decrease(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_DecreaseStreamRetentionPeriod.html"""
    hours, current = parameters["RetentionPeriodHours"], stream["RetentionPeriodHours"]
    if hours > current:
        return invalid(
            f"Requested retention period ({hours} hours) for stream {stream['StreamName']} can not"
            f" be longer than existing retention period ({current} hours)."
            " Use IncreaseRetentionPeriod API."
        )
    return retention_refusal(hours) or not_active(stream)


def retention_refusal(hours: int) -> Refusal | None:
    """Return a refusal of a retention that Kinesis does not offer."""
    least, most = RETENTION_HOURS
    if least <= hours <= most:
        return None
    bound, side = (f"Minimum allowed retention period is {least}", "short")
    if hours > most:
        bound, side = (f"Maximum allowed retention period is {most}", "long")
    return invalid(f"{bound} hours. Requested retention period ({hours} hours) is too {side}.")


def _tag(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_AddTagsToStream.html"""
    if any(name.lower().startswith("aws:") for name in parameters["Tags"]):
        return invalid("Tag keys that start with aws: are reserved.")
    if len(stream["tags"].keys() | parameters["Tags"].keys()) > MAXIMUM_TAGS:
        return invalid(
            f"Failed to add tags to stream {stream['StreamName']} under account"
            f" {get_account_id()} because a given stream cannot have more than {MAXIMUM_TAGS} tags"
            " associated with it."
        )
    return None


def _register(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html"""
    names = {consumer["ConsumerName"] for consumer in _consumers(stream["StreamARN"])}
    if parameters["ConsumerName"] not in names and len(names) >= MAXIMUM_CONSUMERS:
        return Refusal(
            "LimitExceededException",
            f"Stream {stream['StreamName']} has {MAXIMUM_CONSUMERS} consumers, the maximum.",
        )
    return not_active(stream)


def _consumers(arn: str) -> list[Any]:
    return [found for found in kinesis._consumers.values() if found["StreamARN"] == arn]


def _list_consumers(parameters: Parameters, _stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListStreamConsumers.html"""
    token = parameters.get("NextToken", "0")
    # The emulator's tokens are numbers.
    return None if token.isascii() and token.isdigit() else invalid("NextToken is invalid.")


def _list_shards(parameters: Parameters, _stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ListShards.html"""
    if "NextToken" in parameters and "ExclusiveStartShardId" in parameters:
        return invalid("NextToken and ExclusiveStartShardId cannot be provided together.")
    return _stream_refusal(parameters)


_RULES: Mapping[str, Any] = {
    "AddTagsToStream": _tag,
    "CreateStream": _create,
    "DecreaseStreamRetentionPeriod": _decrease,
    "DeleteStream": _delete,
    "GetRecords": kinesis_positions.get_records,
    "GetShardIterator": kinesis_positions.get_shard_iterator,
    "IncreaseStreamRetentionPeriod": _increase,
    "ListShards": _list_shards,
    "ListStreamConsumers": _list_consumers,
    "MergeShards": kinesis_shards.merge,
    "PutRecord": _put,
    "PutRecords": _put_records,
    "RegisterStreamConsumer": _register,
    "SplitShard": kinesis_shards.split,
    "StartStreamEncryption": lambda _parameters, stream: not_active(stream),
    "StopStreamEncryption": lambda _parameters, stream: not_active(stream),
    "SubscribeToShard": kinesis_positions.subscribe,
    "UpdateShardCount": kinesis_shards.update_count,
}
