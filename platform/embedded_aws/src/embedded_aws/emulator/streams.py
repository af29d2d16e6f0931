"""Kinesis streams that keep closed shards: their records stay readable after a split or merge.

The emulator deletes split and merged shards with their records. Here they are closed, accept no
records, and are deleted when their last record has expired:
https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html
"""

from __future__ import annotations

import bisect
import json
import time
from collections.abc import Callable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import kinesis

from embedded_aws.emulator.request_validation import kinesis_quotas

Answer = tuple[int, dict[str, str], Any]

CLOSED = "ending_sequence_number"
PARENTS = "all_parents"


def install() -> None:
    """Replace the functions that delete shards."""
    kinesis._split_shard = _keeping(kinesis._split_shard)
    kinesis._merge_shards = _keeping(kinesis._merge_shards)
    kinesis._update_shard_count = _update_shard_count
    kinesis._route_to_shard = _route_to_shard
    kinesis._expire_records = _expire_records
    kinesis._shard_out = _shown(kinesis._shard_out)
    kinesis._describe_stream_summary = _counted(kinesis._describe_stream_summary)
    kinesis._get_records = _ending(kinesis._get_records)


def open_shards(stream: dict[str, Any]) -> dict[str, Any]:
    """Return the shards that accept records."""
    return {name: shard for name, shard in stream["shards"].items() if CLOSED not in shard}


def close(stream: dict[str, Any], before: dict[str, Any]) -> None:
    """Restore the shards that a resharding has removed, and close them."""
    removed = before.keys() - stream["shards"].keys()
    for name in sorted(removed):
        shard = before[name]
        shard.setdefault(CLOSED, kinesis._next_sequence_number())
        shard.setdefault("closed_at", time.time())
    stream["shards"] = {**{n: before[n] for n in before if n in removed}, **stream["shards"]}


def _keeping(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def reshard(data: dict[str, Any]) -> Answer:
        _name, stream = kinesis._resolve_stream(data)
        before = dict(stream["shards"]) if stream else {}
        answer = original(data)
        if answer[0] < 400 and stream:
            close(stream, before)
        return answer

    return reshard


def _update_shard_count(data: dict[str, Any]) -> Answer:
    """Scale uniformly:
    https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html
    """
    _name, stream = kinesis._resolve_stream(data)
    target, old = data["TargetShardCount"], open_shards(stream)
    if target != len(old):
        before = dict(stream["shards"])
        begin = kinesis._max_shard_index(stream) + 1
        stream["shards"] = kinesis._build_shards(target, begin)
        for shard in stream["shards"].values():
            parents = [parent for parent, other in old.items() if _overlap(shard, other)]
            shard["parent_shard_id"] = parents[0]
            shard["adjacent_parent_shard_id"] = parents[1] if len(parents) > 1 else None
            shard[PARENTS] = parents
        close(stream, before)
        kinesis_quotas.count(stream, kinesis_quotas.SCALINGS)
    return _answer(
        json_response(
            {
                "StreamName": stream["StreamName"],
                "CurrentShardCount": len(old),
                "TargetShardCount": target,
                "StreamARN": stream["StreamARN"],
            }
        )
    )


def _route_to_shard(hash_key_int: int, stream: dict[str, Any]) -> str:
    for name, shard in stream["shards"].items():
        if CLOSED not in shard and _holds(shard, hash_key_int):
            return str(name)
    raise LookupError(f"no open shard for {hash_key_int}")


def drop(stream: dict[str, Any], name: str, count: int) -> None:
    """Remove the oldest `count` records of a shard; iterators keep their position."""
    shard = stream["shards"][name]
    # Replace the list, because readers may use the old one.
    shard["records"] = shard["records"][count:]
    for iterator in list(kinesis._shard_iterators._data.values()):
        if iterator["shard_id"] == name and iterator.get("stream_arn") == stream["StreamARN"]:
            iterator["position"] = max(0, iterator["position"] - count)


def _expire_records(stream: dict[str, Any]) -> None:
    cutoff = time.time() - stream["RetentionPeriodHours"] * 3600
    for name, shard in stream["shards"].items():
        expired = bisect.bisect_left(
            shard["records"], cutoff, key=lambda record: record["ApproximateArrivalTimestamp"]
        )
        if expired:
            drop(stream, name, expired)
    for name in [
        n
        for n, s in stream["shards"].items()
        if CLOSED in s and not s["records"] and s["closed_at"] < cutoff
    ]:
        del stream["shards"][name]


def _shown(original: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Any:
    def show(shard_id: str, shard: dict[str, Any]) -> dict[str, Any]:
        found = original(shard_id, shard)
        if CLOSED in shard:
            found["SequenceNumberRange"]["EndingSequenceNumber"] = shard[CLOSED]
        return found

    return show


def _counted(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    def describe(data: dict[str, Any]) -> Answer:
        status, headers, body = original(data)
        _name, stream = kinesis._resolve_stream(data)
        if status >= 400 or not stream:
            return status, headers, body
        shown = json.loads(body)
        shown["StreamDescriptionSummary"]["OpenShardCount"] = len(open_shards(stream))
        return _answer(json_response(shown))

    return describe


def _ending(original: Callable[[dict[str, Any]], Answer]) -> Callable[[dict[str, Any]], Answer]:
    """Return no next iterator at the end of a closed shard."""

    def get(data: dict[str, Any]) -> Answer:
        iterator = kinesis._shard_iterators.get(data.get("ShardIterator"))
        status, headers, body = original(data)
        stream = kinesis._streams.get(iterator["stream"]) if iterator else None
        shard = stream["shards"].get(iterator["shard_id"]) if stream else None
        if status >= 400 or shard is None or CLOSED not in shard:
            return status, headers, body
        shown = json.loads(body)
        following = kinesis._shard_iterators.get(shown["NextShardIterator"])
        if following["position"] >= len(shard["records"]):
            del shown["NextShardIterator"]
        return _answer(json_response(shown))

    return get


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return int(one["starting_hash_key"]) <= int(other["ending_hash_key"]) and int(
        other["starting_hash_key"]
    ) <= int(one["ending_hash_key"])


def _holds(shard: dict[str, Any], key: int) -> bool:
    return int(shard["starting_hash_key"]) <= key <= int(shard["ending_hash_key"])


def _answer(given: Any) -> Answer:
    status, headers, body = given
    return status, headers, body
