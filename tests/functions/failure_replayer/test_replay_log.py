"""Which dead letters were replayed is known for sure, or their source is left alone."""

from __future__ import annotations

import gzip

import pytest

from support.dead_letters import BUCKET, malformed
from support.replays import World


@pytest.mark.parametrize(
    "content",
    [b"garbage", gzip.compress(b"x", mtime=0), b"", gzip.compress(b"", mtime=0), b"\x1f\x8b"],
)
def test_a_damaged_replay_record_stops_only_its_source(world: World, content: bytes) -> None:
    key = malformed(world.s3, b"a")
    world.run()
    (entry,) = world.s3.keys("replayed/")
    before = world.s3.objects[BUCKET, entry]
    world.s3.objects[BUCKET, entry] = content
    malformed(world.s3, b"b", start=1)

    report = world.run()

    # The content of the entry is lost, and a dead letter is not put again on a guess.
    assert (report.replayed, report.unreadable, report.failure) == (1, 1, None)
    assert report.causes[0].key == key
    assert f"replay record {entry} is damaged" in report.causes[0].cause
    world.s3.objects[BUCKET, entry] = before
    assert world.run().unreadable == 0


def test_a_key_too_long_for_a_replay_record_is_not_put(world: World) -> None:
    key = malformed(world.s3, b"a")
    world.s3.objects[BUCKET, "malformed/" + "x" * 900] = world.s3.objects.pop((BUCKET, key))

    report = world.run()

    assert (report.replayed, report.unreadable) == (0, 1)
    assert "too long for a replay record" in report.causes[0].cause


def test_the_replay_log_of_a_source_is_not_that_of_a_longer_key(world: World) -> None:
    key = malformed(world.s3, b"a", b"b")
    longer = f"{key}/more"
    world.s3.objects[BUCKET, longer] = world.s3.objects[BUCKET, key]

    assert world.run().repeated == 2
    (entry,) = world.s3.keys("replayed/")
    world.s3.objects[BUCKET, entry.replace(key, longer)] = world.s3.objects.pop((BUCKET, entry))
    assert world.run().replayed == 2
