"""Rules of Kinesis and of its event source mappings."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number


def _leaves_half_to_double(update: ResourceUpdate) -> bool:
    old, new = (number(read("ShardCount")) for read in (update.before, update.after))
    return old is not None and new is not None and not old <= new * 2 <= old * 4


def _exists_already(update: ResourceUpdate) -> bool:
    """Return whether a mapping is created while one of the same function and stream exists."""
    pair = "EventSourceArn", "FunctionName"
    if any(update.stack.refers_to_replaced(update.after(name)) for name in pair):
        return False
    wanted = [update.after(name) for name in pair]
    return any(
        resource["Type"] == update.type
        and [resource.get("Properties", {}).get(name) for name in pair] == wanted
        for resource in update.stack.base.values()
    )


RULES = (
    Rule(
        type="AWS::Kinesis::Stream",
        property="ShardCount",
        key="stream.shards",
        reason="Kinesis changes the number of shards to between half and double in one update",
        source="https://docs.aws.amazon.com/kinesis/latest/APIReference/API_UpdateShardCount.html",
        refuses=_leaves_half_to_double,
    ),
    Rule(
        type="AWS::Lambda::EventSourceMapping",
        property="",
        key="processor.starting_position",
        reason="it is fixed when the mapping is created and has no effect later: keep the deployed"
        " value. A replacement is created before the old mapping is deleted, and a function can"
        " have one mapping of a stream",
        source="https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html",
        refuses=_exists_already,
        of_replacements=True,
    ),
)
