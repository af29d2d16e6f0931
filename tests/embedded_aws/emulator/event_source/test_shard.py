"""Assignment of keys to lanes, checkpoints, and the order of shards after a resharding."""

from __future__ import annotations

from embedded_aws.emulator.event_source.shard import (
    BEGINNING,
    Origin,
    Shard,
    lane_of,
    readable,
    start,
)
from support.kinesis import record

PARAMETERS = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"
RESHARDING = (
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"
)


def test_records_of_one_key_share_a_lane() -> None:
    """PARAMETERS: in-order processing at the partition-key level with concurrent batches."""
    shard = Shard([0] * 10)
    shard.add([record(n, key="sku-1") for n in range(1, 6)], now=0.0)
    assert sorted(lane.waiting for lane in shard.lanes) == [0] * 9 + [5]


def test_keys_spread_over_all_lanes() -> None:
    """PARAMETERS: up to ten batches of a shard at a time."""
    assert {lane_of(f"sku-{n}", 10) for n in range(200)} == set(range(10))


def test_the_children_of_a_split_wait_for_their_parent() -> None:
    """RESHARDING: process the parent's records first, to keep the order of a key."""
    shards = {
        "parent": Origin((), closed=True),
        "left": Origin(("parent",), closed=False),
        "right": Origin(("parent",), closed=False),
    }
    assert readable(shards, set()) == ["parent"]
    assert readable(shards, {"parent"}) == ["left", "right"]


def test_the_child_of_a_merge_waits_for_both_parents() -> None:
    """RESHARDING: a merged shard has a parent and an adjacent parent."""
    shards = {
        "one": Origin((), closed=True),
        "two": Origin((), closed=True),
        "both": Origin(("one", "two"), closed=False),
    }
    assert readable(shards, {"one"}) == ["two"]
    assert readable(shards, {"one", "two"}) == ["both"]


def test_an_expired_parent_does_not_block_its_children() -> None:
    """RESHARDING: a closed shard disappears when the retention period is over."""
    assert readable({"child": Origin(("gone",), closed=False)}, set()) == ["child"]


def test_trim_horizon_starts_at_the_beginning_of_every_shard() -> None:
    """PARAMETERS, "Starting position": Trim horizon processes all records in the stream."""
    shards = {"a": Origin((), False), "b": Origin((), True)}
    assert start(shards, {"a": 5, "b": 9}, "TRIM_HORIZON") == {"a": BEGINNING, "b": BEGINNING}


def test_latest_starts_after_the_last_existing_record() -> None:
    """PARAMETERS: Latest processes records that are added from then on."""
    shards = {"a": Origin((), False)}
    assert start(shards, {"a": 5}, "LATEST") == {"a": 5}
