from __future__ import annotations

from datetime import datetime

import pytest

from failure_replayer.bucket import S3DeadLetterBucket, may_hold
from support.dead_letters import BUCKET, FakeBucket, malformed
from support.replays import World

MALFORMED = "malformed/2026/09/21/shardId-000000000003/1-2.jsonl.gz"
FAILED_BATCHES = "aws/lambda/uuid/shardId-000000000003/2026/09/21/2026-09-21T14.14.20-uuid"


def at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("key", "since", "until", "expected"),
    [
        (MALFORMED, None, None, True),
        (MALFORMED, "2026-09-22T23:00:00+00:00", None, True),  # a batch may go past midnight
        (MALFORMED, "2026-09-23T00:00:00+00:00", None, False),
        (MALFORMED, None, "2026-09-21T00:00:01+00:00", True),
        (MALFORMED, None, "2026-09-20T23:59:59+00:00", False),
        (MALFORMED, None, "2026-09-21T01:00:00+02:00", False),  # the day before, in UTC
        (FAILED_BATCHES, None, "2026-09-01T00:00:00+00:00", True),  # discarded weeks after arrival
        (FAILED_BATCHES, "2026-09-23T00:00:00+00:00", None, False),
        ("malformed/some/other/form", "2026-09-23T00:00:00+00:00", None, True),
        ("malformed/2026/99/99/x", "2026-09-23T00:00:00+00:00", None, True),
    ],
)
def test_objects_of_other_days_are_not_opened(
    key: str, since: str | None, until: str | None, expected: bool
) -> None:
    assert may_hold(key, at(since), at(until)) is expected


def test_keys_come_in_order_and_go_on_behind_a_cursor() -> None:
    s3 = FakeBucket()
    wanted = ["aws/lambda/a", "aws/lambda/b", "malformed/a", "malformed/b"]
    for key in (*wanted, "replayed/malformed/a/1", "zebra"):
        s3.objects[BUCKET, key] = b""
    dead_letters = S3DeadLetterBucket(s3, BUCKET)

    assert list(dead_letters.keys(None, None, "")) == wanted
    for number, cursor in enumerate(wanted):
        assert list(dead_letters.keys(None, None, cursor)) == wanted[number + 1 :]


@pytest.mark.parametrize("code", ["NoSuchKey", "AccessDenied", "InvalidObjectState"])
def test_an_object_that_s3_does_not_give_out_is_named_and_the_others_go_on(
    world: World, code: str
) -> None:
    key = malformed(world.s3, b"a")
    malformed(world.s3, b"b", start=1)
    world.s3.refusals[key] = code

    report = world.run()

    assert world.kinesis.payloads == [b"b"]
    assert (report.unreadable, report.failure) == (1, None)
    assert code in report.causes[0].cause


@pytest.mark.parametrize("code", ["SlowDown", "NoSuchBucket", "ExpiredToken", "InternalError"])
def test_what_concerns_every_object_fails_the_run_with_a_position_to_resume(
    world: World, code: str
) -> None:
    first = malformed(world.s3, b"a")
    second = malformed(world.s3, b"b", start=1)
    world.s3.refusals[second] = code

    report = world.run()
    assert code in str(report.failure)
    assert (report.replayed, report.cursor, report.position) == (1, first, "")

    world.s3.refusals.clear()
    assert world.run(cursor=report.cursor).replayed == 1
    assert world.kinesis.payloads == [b"a", b"b"]


def test_folder_marks_of_a_console_are_no_objects(world: World) -> None:
    for key in ("malformed/2026/", "aws/lambda/2026/"):
        world.s3.objects[BUCKET, key] = b""

    report = world.run()

    assert (report.objects, report.unreadable) == (0, 0)
