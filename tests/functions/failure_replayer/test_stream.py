"""A part of the stream, or a dead letter, that fails does not stop the others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failure_replayer.request import (
    MOST_CAUSES,
)
from failure_replayer.stream import ATTEMPTS
from support.cloud import unreachable
from support.dead_letters import FakeKinesis, malformed
from support.replays import World

GONE = "shardId-000000000099"


def test_a_shard_that_is_gone_does_not_stop_what_lies_behind_it(world: World) -> None:
    key = world.named("1", "3", 3, shard=GONE)
    malformed(world.s3, b"a", b"b")

    report = world.run()

    assert world.kinesis.payloads == [b"a", b"b"]
    assert (report.failure, report.missing, report.unreadable) == (None, 3, 1)
    assert report.causes[0].key == key
    assert f"shard {GONE}" in report.causes[0].cause
    assert "ResourceNotFoundException" in report.causes[0].cause


@pytest.mark.parametrize("code", ["InvalidArgumentException", "ValidationException"])
def test_sequence_numbers_of_another_stream_are_missing_and_no_failure(
    world: World, code: str
) -> None:
    world.named("1", "3", 3)
    malformed(world.s3, b"a")
    world.kinesis.read_errors = [code]

    report = world.run()

    assert (report.failure, report.missing, report.replayed) == (None, 3, 1)
    assert code in report.causes[0].cause


def test_an_iterator_that_expires_is_replaced_where_reading_stopped(world: World) -> None:
    world.on_stream(b"a", b"b", b"c", b"d")
    world.named("9000", "9003", 4)
    world.kinesis.read_errors = ["", "", "ExpiredIteratorException"]

    report = world.run()

    assert world.kinesis.payloads[4:] == [b"a", b"b", b"c", b"d"]
    assert (report.replayed, report.missing, report.unreadable) == (4, 0, 0)


def test_iterators_that_always_expire_end_the_range_and_not_the_run(world: World) -> None:
    world.on_stream(b"a")
    world.named("9000", "9000", 1)
    malformed(world.s3, b"b")
    world.kinesis.read_errors = ["", "ExpiredIteratorException"] * 10

    report = world.run()

    assert (report.replayed, report.missing, report.unreadable) == (1, 1, 1)


def test_a_busy_shard_is_waited_for_and_a_busy_stream_fails_the_run(world: World) -> None:
    world.on_stream(b"a")
    world.named("9000", "9000", 1)
    world.kinesis.read_errors = ["ProvisionedThroughputExceededException"] * (ATTEMPTS - 1)
    assert world.run().replayed == 1
    assert world.slept > 1

    world.kinesis.read_errors = ["ProvisionedThroughputExceededException"] * ATTEMPTS
    assert "ProvisionedThroughputExceeded" in str(world.run().failure)


def test_a_range_that_never_reaches_its_end_is_unreadable_and_the_others_continue(
    world: World,
) -> None:
    world.on_stream(b"a")
    world.kinesis.behind = 1
    world.named("9000", "9005", 6)
    malformed(world.s3, b"b")

    report = world.run()

    assert world.kinesis.payloads[1:] == [b"a", b"b"]
    assert (report.missing, report.unreadable, report.failure) == (5, 1, None)
    assert "gave no record in" in report.causes[0].cause
    assert world.kinesis.calls < 100


@given(st.integers(1, 40), st.sets(st.integers(0, 39)))
def test_refused_dead_letters_do_not_stop_the_others(count: int, bad: set[int]) -> None:
    world = World()
    dead_letters = [f"{number}".encode() for number in range(count)]
    world.kinesis.invalid = {dead_letters[number] for number in bad if number < count}
    malformed(world.s3, *dead_letters)

    report = world.run()

    good = [dead_letter for dead_letter in dead_letters if dead_letter not in world.kinesis.invalid]
    assert world.kinesis.payloads == good
    assert (report.replayed, report.refused) == (len(good), len(world.kinesis.invalid))
    assert report.selected == report.replayed + report.refused
    assert report.failure is None
    assert len(report.causes) == min(MOST_CAUSES, report.refused)
    again = world.run()
    assert (again.replayed, again.already, again.refused) == (0, len(good), report.refused)


def test_one_refused_dead_letter_of_five_hundred_is_found_in_few_calls(world: World) -> None:
    dead_letters = [f"{number}".encode() for number in range(500)]
    world.kinesis.invalid = {b"77"}
    malformed(world.s3, *dead_letters)

    assert world.run().replayed == 499
    assert world.kinesis.calls < 30


def test_a_stream_that_is_away_while_a_range_is_read_fails_the_run(world: World) -> None:
    class Away(FakeKinesis):
        def get_records(self, **_: Any) -> Any:
            raise unreachable("kinesis")

    world.kinesis = Away()
    world.named("9000", "9000", 1)

    assert "kinesis" in str(world.run().failure)
