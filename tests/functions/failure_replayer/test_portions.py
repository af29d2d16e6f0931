"""Work that takes long is done in portions, none of which is lost or done twice."""

from __future__ import annotations

import gzip
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from support.dead_letters import BUCKET, failed_batch, malformed
from support.replays import World


def test_an_object_of_many_dead_letters_is_replayed_in_portions_that_count_each_once(
    world: World,
) -> None:
    dead_letters = [f"{number}".encode() for number in range(2300)]
    malformed(world.s3, *dead_letters)
    failed_batch(world.s3, b"x", start=5000)

    plan, _ = world.run_to_the_end(dry_run=True)
    reports, replayed = world.run_to_the_end()

    assert len(reports) > 4
    assert sorted(world.kinesis.payloads) == sorted([b"x", *dead_letters])
    assert replayed == 2301
    for found in (plan, reports):
        assert sum(report.objects for report in found) == 2
        assert sum(report.found for report in found) == 2301
        assert sum(report.replayed for report in found) == 2301


def test_a_range_of_many_records_is_done_in_portions_without_reading_it_again(
    world: World,
) -> None:
    dead_letters = [f"{number}".encode() for number in range(1700)]
    world.on_stream(*dead_letters)
    world.named("9000", "10699", 1700)

    reports, replayed = world.run_to_the_end()

    assert len(reports) > 2
    assert (replayed, sum(report.missing for report in reports)) == (1700, 0)
    assert world.kinesis.payloads[1700:] == dead_letters
    assert world.kinesis.calls < 900 + 20


def test_a_failure_in_the_middle_of_an_object_resumes_behind_what_was_put(world: World) -> None:
    dead_letters = [f"{number}".encode() for number in range(1200)]
    malformed(world.s3, *dead_letters)
    world.kinesis.room = 700

    report = world.run()
    assert report.failure == "the stream did not take 300 of 500 records"
    assert report.replayed == 700

    world.kinesis.room = None
    resume: dict[str, Any] = {"cursor": report.cursor, "position": report.position}
    assert world.run(**resume).replayed == 500
    assert world.kinesis.payloads == dead_letters


def test_an_object_that_comes_or_goes_between_two_portions_moves_no_position(
    world: World,
) -> None:
    dead_letters = [f"{number}".encode() for number in range(600)]
    key = malformed(world.s3, *dead_letters)
    report = world.run(lambda: False)
    assert (report.cursor, report.position, report.replayed) == (key, "500", 500)
    resume: dict[str, Any] = {"cursor": report.cursor, "position": report.position}

    early = [f"early {number}".encode() for number in range(510)]
    failed_batch(world.s3, *early, start=2000)
    assert world.run(**resume).replayed == 100
    assert world.run().replayed == 510

    del world.s3.objects[BUCKET, key]
    world.s3.refusals[key] = "NoSuchKey"
    malformed(world.s3, *[b"late"] * 3, start=4000)
    report = world.run(**resume)
    assert (report.replayed, report.unreadable) == (3, 1)
    assert sorted(world.kinesis.payloads) == sorted([*dead_letters, *early, *[b"late"] * 3])


KINDS = st.sampled_from(["malformed", "discarded", "range", "gone", "garbage", "denied", "half"])


@given(st.lists(st.tuples(KINDS, st.integers(1, 6)), max_size=12), st.data())
def test_all_valid_dead_letters_are_put_once_whatever_is_broken_between_them(
    objects: list[tuple[str, int]], data: st.DataObject
) -> None:
    world, expected, broken = World(), [], 0
    world.on_stream(*[b"old"] * 6)
    for number, (kind, count) in enumerate(objects):
        dead_letters = [f"{number}/{each}".encode() for each in range(count)]
        start = 100 * number
        if kind == "range":
            key = world.named("9000", f"{8999 + count}", count, start=start)
        elif kind == "gone":
            key = world.named("1", f"{count}", count, shard="shardId-000000000099", start=start)
        elif kind == "discarded":
            key = failed_batch(world.s3, *dead_letters, start=start)
        else:
            key = malformed(world.s3, *dead_letters, start=start)
        # Lambda's key has only the second in it, so that two objects could have the same one.
        content = world.s3.objects.pop((BUCKET, key))
        key = f"{key.partition('/')[0]}/{'lambda/' * key.startswith('aws')}{number:02}"
        if kind == "garbage":
            content = b"\x1f\x8bgarbage"
        elif kind == "half":
            content = gzip.compress(gzip.decompress(content) + b"{}\n")
        elif kind == "denied":
            world.s3.refusals[key] = "AccessDenied"
        world.s3.objects[BUCKET, key] = content
        expected += dead_letters if kind in ("malformed", "discarded", "half") else []
        broken += kind in ("gone", "garbage", "denied", "half")
    patience = data.draw(st.booleans())

    reports, _ = world.run_to_the_end() if not patience else ([world.run()], 0)

    put = [payload for payload in world.kinesis.payloads if payload != b"old"]
    assert sorted(put) == sorted(expected)
    assert sum(report.unreadable for report in reports) == broken
    assert all(report.failure is None for report in reports)
