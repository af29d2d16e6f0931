"""What can be asked for, and how much is answered."""

from __future__ import annotations

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


@pytest.fixture
def world() -> World:
    return World()


def test_reasons_and_causes_of_others_do_not_fill_the_report(world: World) -> None:
    for number in range(MOST_REASONS + 10):
        malformed(world.s3, b"a", reason=f"reason-{number}", start=number)
        world.s3.objects[BUCKET, f"malformed/x{number}"] = b"garbage " * 1000

    report = world.run()

    assert len(report.reasons) == MOST_REASONS + 1
    assert report.reasons[OTHER_REASONS].selected == 10
    assert (report.unreadable, len(report.causes)) == (MOST_REASONS + 10, MOST_CAUSES)


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "0001-01-01T00:00:00+14:00"},
        {"until": "9999-12-31T23:59:59-14:00"},
        {"position": "x"},
        {"position": "1"},
        {"position": "1", "cursor": "replayed/malformed/a"},
        {"position": "1" * 200},
        {"cursor": "\ud800"},
    ],
)
def test_a_request_outside_of_what_can_be_asked_is_refused(asked: dict[str, str]) -> None:

    with pytest.raises(RequestError):
        Request.parse({"dry_run": True, **asked})


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_moment_can_be_asked_for(world: World, moment: str) -> None:
    malformed(world.s3, b"a")

    assert world.run(dry_run=True, since=moment).failure is None
    assert world.run(dry_run=True, until=moment).failure is None
