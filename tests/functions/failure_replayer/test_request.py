"""What can be asked for, and how much is answered."""

from __future__ import annotations

from typing import Any

import pytest

from failure_replayer.request import (
    MOST_CAUSES,
    MOST_REASONS,
    OTHER_REASONS,
    Request,
    RequestError,
)
from support.dead_letters import BUCKET, malformed
from support.replays import World


def test_reasons_and_causes_of_others_do_not_fill_the_report(world: World) -> None:
    for number in range(MOST_REASONS + 10):
        malformed(world.s3, b"a", reason=f"reason-{number}", start=number)
        world.s3.objects[BUCKET, f"malformed/x{number}"] = b"garbage " * 1000

    report = world.run()

    assert len(report.reasons) == MOST_REASONS + 1
    assert report.reasons[OTHER_REASONS].selected == 10
    assert (report.unreadable, len(report.causes)) == (MOST_REASONS + 10, MOST_CAUSES)


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({"dry_run": ...}, "missing required field `dry_run`"),
        ({"reason": []}, "unknown field `reason`"),
        ({"since": "2026-01-01T00:00:00"}, "timezone"),
        (
            {"since": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z"},
            "since must be",
        ),
        ({"span": {"shard_id": "s", "first": "2", "last": "1"}}, "last .* is before its first"),
        ({"span": {"shard_id": "../x", "first": "1", "last": "1"}}, "matching"),
        ({"since": "0001-01-01T00:00:00+14:00"}, "in the years 1 to 9999"),
        ({"until": "9999-12-31T23:59:59-14:00"}, "in the years 1 to 9999"),
        ({"position": "x"}, "matching"),
        ({"position": "1"}, "must come with the cursor"),
        ({"position": "1", "cursor": "replayed/malformed/a"}, "must come with the cursor"),
        ({"position": "1" * 200}, "matching"),
        ({"cursor": "\ud800"}, "cursor is not one of an earlier report"),
    ],
)
def test_an_invalid_request_is_refused_with_the_cause(
    asked: dict[str, Any], complaint: str
) -> None:
    event = {"dry_run": True, **asked}
    with pytest.raises(RequestError, match=complaint):
        Request.parse({name: value for name, value in event.items() if value is not ...})


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_moment_can_be_asked_for(world: World, moment: str) -> None:
    malformed(world.s3, b"a")

    assert world.run(dry_run=True, since=moment).failure is None
    assert world.run(dry_run=True, until=moment).failure is None
