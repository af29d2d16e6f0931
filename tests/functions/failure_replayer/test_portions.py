"""Work that takes long is done in portions, none of which is lost or done twice."""

from __future__ import annotations

import pytest

from support.letters import given_up, malformed
from support.replays import World


@pytest.fixture
def world() -> World:
    return World()


def test_an_object_of_many_letters_is_done_in_portions_that_count_each_once(
    world: World,
) -> None:
    letters = [f"{number}".encode() for number in range(2300)]
    malformed(world.s3, *letters)
    given_up(world.s3, b"x", start=5000)

    plan, _ = world.run_to_the_end(dry_run=True)
    reports, replayed = world.run_to_the_end()

    assert len(reports) > 4
    assert sorted(world.kinesis.payloads) == sorted([b"x", *letters])
    assert replayed == 2301
    for found in (plan, reports):
        assert sum(report.objects for report in found) == 2
        assert sum(report.found for report in found) == 2301
        assert sum(report.replayed for report in found) == 2301


def test_a_range_of_many_records_is_done_in_portions_without_reading_it_again(
    world: World,
) -> None:
    letters = [f"{number}".encode() for number in range(1700)]
    world.on_stream(*letters)
    world.named("9000", "10699", 1700)

    reports, replayed = world.run_to_the_end()

    assert len(reports) > 2
    assert (replayed, sum(report.missing for report in reports)) == (1700, 0)
    assert world.kinesis.payloads[1700:] == letters
    assert world.kinesis.calls < 900 + 20


def test_a_failure_in_the_middle_of_an_object_resumes_behind_what_was_put(world: World) -> None:
    letters = [f"{number}".encode() for number in range(1200)]
    malformed(world.s3, *letters)
    world.kinesis.room = 700

    report = world.run()
    assert report.failure == "the stream did not take 300 of 500 records"
    assert report.replayed == 700

    world.kinesis.room = None
    place = {"cursor": report.cursor, "position": report.position}
    assert world.run(**place).replayed == 500
    assert world.kinesis.payloads == letters
