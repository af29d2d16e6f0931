"""Stored positions let a restart continue where the last run stopped.

This is our own guarantee; AWS does not document it.
"""

from __future__ import annotations

from embedded_aws.emulator.event_source.model import Rules
from embedded_aws.emulator.event_source.outcome import Succeeded
from embedded_aws.emulator.event_source.shard import Shard, lane_of
from support.kinesis import invoke, record, records, sequences


def test_records_in_flight_are_not_checkpointed() -> None:
    shard = Shard([0])
    shard.add(records(1, 2), now=0.0)
    assert shard.positions() == [0]


def test_processed_records_are_checkpointed() -> None:
    shard, rules = Shard([0]), Rules(batch_size=1)
    shard.add(records(1, 2), now=0.0)
    lane = shard.lanes[0]
    lane.finish(invoke(lane, rules), Succeeded(), rules, now=0.0)
    assert shard.positions() == [1]


def test_an_idle_lane_has_the_position_of_its_shard() -> None:
    """Otherwise a restart would read other lanes' records again."""
    shard = Shard([0, 0])
    shard.skip_to(7)
    assert shard.positions() == [7, 7]


def test_a_restart_skips_what_each_lane_has_processed() -> None:
    keys = {0: "", 1: ""}
    for n in range(50):
        keys[lane_of(f"k{n}", 2)] = f"k{n}"
    shard = Shard.restore([3, 1], lanes=2)
    shard.add([record(2, key=keys[0]), record(3, key=keys[1]), record(4, key=keys[0])], now=0.0)
    sent = [sequences(invoke(lane, Rules())) for lane in shard.lanes]
    assert sent == [[4], [3]]


def test_a_changed_number_of_lanes_restarts_at_the_lowest_position() -> None:
    assert Shard.restore([9, 4], lanes=3).positions() == [4, 4, 4]
