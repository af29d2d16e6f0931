"""Read records from the emulator's streams."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping
from typing import Any

from ministack.services import kinesis, lambda_svc

from embedded_aws.emulator.event_source.model import Record
from embedded_aws.emulator.event_source.shard import Origin
from embedded_aws.emulator.streams import CLOSED, PARENTS

# Size of the JSON around the data of a record.
ENVELOPE_BYTES = 600
READ_RECORDS = 2000


def find(arn: str) -> Mapping[str, Any] | None:
    """Return the active stream with an ARN."""
    parts = arn.split(":")
    name = parts[5].removeprefix("stream/")
    stream = kinesis._streams.get_scoped(parts[4], parts[3], name)
    if stream is None or stream["StreamStatus"] != "ACTIVE":
        return None
    return stream  # type: ignore[no-any-return]


def origins(stream: Mapping[str, Any]) -> dict[str, Origin]:
    """Return the stream's shards, oldest first."""
    return {
        name: Origin(_parents(shard), CLOSED in shard)
        for name, shard in sorted(stream["shards"].items())
    }


def tails(stream: Mapping[str, Any]) -> dict[str, int]:
    """Return the last sequence number of each shard."""
    return {name: _last(shard) for name, shard in stream["shards"].items()}


def before(stream: Mapping[str, Any], timestamp: float) -> dict[str, int]:
    """Return, per shard, the last sequence number before `timestamp`."""
    found = {}
    for name, shard in stream["shards"].items():
        earlier = [r for r in shard["records"] if r["ApproximateArrivalTimestamp"] < timestamp]
        found[name] = int(earlier[-1]["SequenceNumber"]) if earlier else 0
    return found


def read(
    stream: Mapping[str, Any], shard: str, after: int, mapping: Mapping[str, Any], role: str
) -> tuple[list[Record], int]:
    """Return the next records that pass the mapping's filters, and the position after all of
    them.
    """
    # The emulator only appends to this list, and replaces it when records expire.
    stored = stream["shards"][shard]["records"]
    begin = bisect.bisect_right(stored, after, key=lambda r: int(r["SequenceNumber"]))
    found = stored[begin : begin + READ_RECORDS]
    if not found:
        return [], after
    events = list(_events(found, shard, mapping["EventSourceArn"], role))
    kept = {event["eventID"] for event in lambda_svc._apply_filter_criteria(events, mapping)}
    records = [
        Record(
            sequence=int(raw["SequenceNumber"]),
            key=raw["PartitionKey"],
            arrived=float(raw["ApproximateArrivalTimestamp"]),
            size=len(raw["Data"]) + len(raw["PartitionKey"]) + ENVELOPE_BYTES,
            event=event,
        )
        for raw, event in zip(found, events, strict=True)
        if event["eventID"] in kept
    ]
    return records, int(found[-1]["SequenceNumber"])


def _events(
    found: list[dict[str, Any]], shard: str, arn: str, role: str
) -> Iterator[dict[str, Any]]:
    """https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html, "Example event"."""
    region = arn.split(":")[3]
    for raw in found:
        yield {
            "kinesis": {
                "kinesisSchemaVersion": "1.0",
                "partitionKey": raw["PartitionKey"],
                "sequenceNumber": raw["SequenceNumber"],
                "data": kinesis._ensure_base64(raw["Data"]),
                "approximateArrivalTimestamp": raw["ApproximateArrivalTimestamp"],
            },
            "eventSource": "aws:kinesis",
            "eventVersion": "1.0",
            "eventID": f"{shard}:{raw['SequenceNumber']}",
            "eventName": "aws:kinesis:record",
            "invokeIdentityArn": role,
            "awsRegion": region,
            "eventSourceARN": arn,
        }


def _parents(shard: Mapping[str, Any]) -> tuple[str, ...]:
    named = shard.get(PARENTS) or (shard["parent_shard_id"], shard["adjacent_parent_shard_id"])
    return tuple(parent for parent in named if parent)


def _last(shard: Mapping[str, Any]) -> int:
    records = shard["records"]
    last = records[-1]["SequenceNumber"] if records else shard["starting_sequence_number"]
    return int(last)
