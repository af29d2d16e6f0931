"""Rules about splitting, merging and scaling the shards of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.core.responses import get_account_id

from embedded_aws.emulator.request_validation import kinesis_quotas
from embedded_aws.emulator.request_validation.errors import Refusal
from embedded_aws.emulator.request_validation.kinesis_limits import (
    beyond_quota,
    invalid,
    not_active,
)
from embedded_aws.emulator.streams import CLOSED, open_shards

Parameters = Mapping[str, Any]

MAXIMUM_TARGET = 10_000


def merge(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_MergeShards.html"""
    names = parameters["ShardToMerge"], parameters["AdjacentShardToMerge"]
    refusal = _reshard_refusal(stream, *names)
    if refusal:
        return refusal
    one, other = (stream["shards"][name] for name in names)
    if _follows(one, other) or _follows(other, one):
        return not_active(stream)
    return invalid(
        f"Shards {names[0]} and {names[1]} in stream {stream['StreamName']} under account"
        f" {get_account_id()} are not an adjacent pair of shards eligible for merging"
    )


def split(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_SplitShard.html"""
    name, key = parameters["ShardToSplit"], parameters["NewStartingHashKey"]
    refusal = _reshard_refusal(stream, name)
    if refusal:
        return refusal
    shard = stream["shards"][name]
    first, last = shard["starting_hash_key"], shard["ending_hash_key"]
    if not int(first) + 1 < int(key) < int(last):
        return invalid(
            f"NewStartingHashKey {key} used in SplitShard() on shard {name} in stream"
            f" {stream['StreamName']} under account {get_account_id()} is not both greater than one"
            f" plus the shard's StartingHashKey {first} and less than the shard's EndingHashKey"
            f" {last}."
        )
    return beyond_quota(1) or not_active(stream)


def update_count(parameters: Parameters, stream: Any) -> Refusal | None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html"""
    refusal = _reshard_refusal(stream)
    if refusal:
        return refusal
    target, current = parameters["TargetShardCount"], len(open_shards(stream))
    if not current / 2 <= target <= current * 2:
        return invalid(
            f"TargetShardCount {target} must lie between half and double of the {current} shards"
        )
    if target > MAXIMUM_TARGET:
        return invalid(f"TargetShardCount {target} is more than {MAXIMUM_TARGET}")
    return (
        beyond_quota(target - current)
        or kinesis_quotas.exceeded(stream, kinesis_quotas.SCALINGS)
        or not_active(stream)
    )


def _reshard_refusal(stream: Any, *names: str) -> Refusal | None:
    """Return a refusal for an on-demand stream, and for shards that are missing or closed."""
    if stream.get("StreamModeDetails", {}).get("StreamMode") == "ON_DEMAND":
        return Refusal(
            "ValidationException",
            f"Stream {stream['StreamName']} is in on-demand mode; this operation is only supported"
            " for streams in provisioned mode.",
        )
    for name in names:
        if name not in stream["shards"]:
            return Refusal(
                "ResourceNotFoundException",
                f"Could not find shard {name} in stream {stream['StreamName']} under account"
                f" {get_account_id()}.",
            )
        if CLOSED in stream["shards"][name]:
            return invalid(
                f"Shard {name} in stream {stream['StreamName']} under account {get_account_id()}"
                " is closed"
            )
    return None


def _follows(one: Any, other: Any) -> bool:
    """Return whether the hash keys of `other` begin where those of `one` end."""
    return int(one["ending_hash_key"]) + 1 == int(other["starting_hash_key"])
