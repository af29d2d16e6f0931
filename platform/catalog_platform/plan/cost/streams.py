"""Kinesis: shards by the hour and how long they keep records, or on-demand streams.

https://aws.amazon.com/kinesis/data-streams/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Usage, hourly
from catalog_platform.plan.cost.resource import Resource

INCLUDED_HOURS = 24
# Longer than seven days is billed by the stored gigabytes, in addition.
EXTENDED_HOURS = 7 * 24


def stream(resource: Resource) -> Iterator[Dimension]:
    """Yield what a stream costs."""
    mode = resource.text("StreamModeDetails.StreamMode", "PROVISIONED")
    hours = resource.number("RetentionPeriodHours", INCLUDED_HOURS)
    if mode == "ON_DEMAND":
        yield from _on_demand(hours)
        return
    shards = resource.number("ShardCount")
    yield hourly("kinesis.shard_hour", shards, f"shards {shards}")
    if hours > INCLUDED_HOURS:
        what = f"shards {shards}, records kept longer than {INCLUDED_HOURS} h"
        yield hourly("kinesis.extended_retention", shards, what)
    if hours > EXTENDED_HOURS:
        what = f"records older than {EXTENDED_HOURS} h"
        yield Usage(price="kinesis.long_term_retention", what=what)
        yield Usage(price="kinesis.long_term_retrieval", what=f"reading {what}")
    yield Usage(price="kinesis.put_units", what="writes, in units of 25 KB")


def _on_demand(hours: int) -> Iterator[Dimension]:
    yield hourly("kinesis.ondemand_stream_hour", 1, "on-demand stream")
    yield Usage(price="kinesis.ondemand_in", what="data in")
    yield Usage(price="kinesis.ondemand_out", what="data out")
    if hours > INCLUDED_HOURS:
        what = f"records kept longer than {INCLUDED_HOURS} h"
        yield Usage(price="kinesis.ondemand_extended_retention", what=what)
    if hours > EXTENDED_HOURS:
        what = f"records older than {EXTENDED_HOURS} h"
        yield Usage(price="kinesis.ondemand_long_term_retention", what=what)


BILLED: Mapping[str, Billing] = {"AWS::Kinesis::Stream": stream}
FREE: Mapping[str, str] = {}
