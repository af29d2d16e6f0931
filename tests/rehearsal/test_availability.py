from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from catalog_platform.rehearsal.availability import Availability
from support.aws import FakeSession


class S3:
    """A bucket whose number of objects is the next of a list; None is a failure."""

    def __init__(self, *counts: int | None) -> None:
        self.counts = itertools.chain(counts, itertools.repeat(counts[-1]))

    def get_paginator(self, _operation: str) -> S3:
        return self

    def paginate(self, Bucket: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert Bucket == "archive"
        count = next(self.counts)
        if count is None:
            raise EndpointConnectionError(endpoint_url="x")
        yield {"KeyCount": count}
        yield {"KeyCount": 0}


def longest_pause(monkeypatch: pytest.MonkeyPatch, *counts: int | None) -> float:
    """Return the longest pause when a second passes between two looks."""
    task = Availability(FakeSession(s3=S3(*counts)), "archive")
    seconds, looks = itertools.count(), iter([False] * (len(counts) - 1) + [True])
    monkeypatch.setattr(time, "monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr(task._stop, "wait", lambda _seconds: next(looks))
    task._run()
    return task.longest_pause


@pytest.mark.parametrize(
    ("counts", "seconds"),
    [
        ((1, 2, 3, 4), 1.0),
        ((1, 1, 1, 2), 3.0),
        ((1, 2, 2, 2), 2.0),  # the pause that has not ended counts, too
        ((1, None, 2, 3), 2.0),
        ((1, None, None, None), 3.0),
    ],
)
def test_the_longest_time_without_a_new_object_is_measured(
    counts: tuple[int | None, ...], seconds: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert longest_pause(monkeypatch, *counts) == seconds
