"""Lanes by partition key, positions to store, and the order of shards after a resharding."""

from __future__ import annotations

from catalog_platform.local.emulator.event_source.outcome import Succeeded
from catalog_platform.local.emulator.event_source.rules import Rules
from catalog_platform.local.emulator.event_source.shard import (
    BEGINNING,
    Origin,
    Shard,
    lane_of,
    readable,
    start,
)
from support.kinesis import invoke, record, records, sequences

RESHARDING = (
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"
)


def test_records_of_one_key_share_a_lane() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html: in-order
    processing at the partition-key level with concurrent batches."""
    shard = Shard([0] * 10)
    shard.add([record(n, key="sku-1") for n in range(1, 6)], now=0.0)
    assert sorted(lane.waiting for lane in shard.lanes) == [0] * 9 + [5]


def test_keys_spread_over_all_lanes() -> None:
    """The same page: up to ten batches of a shard at a time."""
    assert {lane_of(f"sku-{n}", 10) for n in range(200)} == set(range(10))


def test_nothing_read_is_stored_as_done() -> None:
    shard = Shard([0])
    shard.add(records(1, 2), now=0.0)
    assert shard.positions() == [0]


def test_what_is_done_is_stored() -> None:
    shard, rules = Shard([0]), Rules(batch_size=1)
    shard.add(records(1, 2), now=0.0)
    lane = shard.lanes[0]
    lane.finish(invoke(lane, rules), Succeeded(), rules, now=0.0)
    assert shard.positions() == [1]


def test_an_idle_lane_is_as_far_as_its_shard() -> None:
    """Or a restart would read again what another lane's records stand between."""
    shard = Shard([0, 0])
    shard.skip_to(7)
    assert shard.positions() == [7, 7]


def test_a_restart_sends_no_lane_what_it_has_done() -> None:
    keys = {0: "", 1: ""}
    for n in range(50):
        keys[lane_of(f"k{n}", 2)] = f"k{n}"
    shard = Shard.restore([3, 1], lanes=2)
    shard.add([record(2, key=keys[0]), record(3, key=keys[1]), record(4, key=keys[0])], now=0.0)
    sent = [sequences(invoke(lane, Rules())) for lane in shard.lanes]
    assert sent == [[4], [3]]


def test_with_another_number_of_lanes_the_least_position_counts() -> None:
    assert Shard.restore([9, 4], lanes=3).positions() == [4, 4, 4]


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


def test_a_parent_that_has_expired_holds_nothing_up() -> None:
    """RESHARDING: a closed shard disappears when the retention period is over."""
    assert readable({"child": Origin(("gone",), closed=False)}, set()) == ["child"]


def test_trim_horizon_starts_at_the_beginning_of_every_shard() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"""
    shards = {"a": Origin((), False), "b": Origin((), True)}
    assert start(shards, {"a": 5, "b": 9}, "TRIM_HORIZON") == {"a": BEGINNING, "b": BEGINNING}


def test_latest_starts_after_the_last_record_there_is() -> None:
    """The same page: Latest processes records that are added from then on."""
    shards = {"a": Origin((), False)}
    assert start(shards, {"a": 5}, "LATEST") == {"a": 5}
