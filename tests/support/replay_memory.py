"""Replays files as a dead-letter bucket, and prints the memory that it used.

`python -m support.replay_memory FOLDER`: the folder's files are objects, their paths the keys.
Run in a process of its own, because a process's peak never goes down. The clients of AWS are made
as the function makes them, so that what they take is counted too.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from failure_replayer import wiring
from failure_replayer.bucket import S3DeadLetterBucket
from failure_replayer.replay_log import S3ReplayLog
from failure_replayer.replayer import Replayer
from failure_replayer.request import Request
from failure_replayer.stream import KinesisStream

LARGE = ".five-gigabytes"


class Folder:
    """A bucket whose objects are files, read piece by piece; replay records are counted only."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def get_paginator(self, _operation: str) -> Folder:
        return self

    def paginate(self, *, Bucket: str, Prefix: str, StartAfter: str) -> Iterator[Any]:  # noqa: N803
        assert Bucket
        files = (path for path in self.root.rglob("*") if path.is_file())
        keys = sorted(str(path.relative_to(self.root)) for path in files)
        yield {
            "Contents": [
                {"Key": key} for key in keys if key.startswith(Prefix) and key > StartAfter
            ]
        }

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket
        path = self.root / Key
        if path.suffix == LARGE:
            return {"Body": io.BytesIO(b"not to be read"), "ContentLength": 5 * 2**30}
        return {"Body": path.open("rb"), "ContentLength": path.stat().st_size}

    def put_object(self, **_: Any) -> None:
        """Nothing is kept: the run is measured, not its result."""


class Sink:
    """A stream that takes everything."""

    taken = 0

    def put_records(self, *, StreamName: str, Records: Sequence[Any]) -> dict[str, Any]:  # noqa: N803
        assert StreamName
        self.taken += len(Records)
        return {"Records": [{"ShardId": "shard", "SequenceNumber": "1"} for _ in Records]}


def main(root: Path) -> None:
    """Replay everything and print the sums of the reports, peak memory and longest portion."""
    wiring.clients()
    sink, bucket, resume = Sink(), Folder(root), {"cursor": "", "position": ""}
    totals = dict.fromkeys(("replayed", "unreadable", "refused", "portions"), 0)
    causes: list[str] = []
    longest = 0.0
    while True:
        began = time.monotonic()
        end = began + 15
        replayer = Replayer(
            S3DeadLetterBucket(bucket, "b"),
            S3ReplayLog(bucket, "b"),
            KinesisStream(sink, "s", sleep=lambda _: None),
            lambda end=end: time.monotonic() < end,  # type: ignore[misc]
        )
        report = replayer.run(Request.parse({"dry_run": False, **resume}))
        longest = max(longest, time.monotonic() - began)
        msgspec.json.encode(report)
        assert report.failure is None, report.failure
        for name in totals.keys() - {"portions"}:
            totals[name] += getattr(report, name)
        totals["portions"] += 1
        causes += [each.cause for each in report.causes]
        if report.cursor is None:
            break
        resume = {"cursor": report.cursor, "position": report.position}
    print(json.dumps({**totals, "causes": causes, "peak": peak_bytes(), "longest": longest}))


def peak_bytes() -> int:
    """The most memory that this program has held at once.

    `getrusage` would count what the parent held when it started this process.
    https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("the kernel gives no VmHWM")


if __name__ == "__main__":
    os.environ |= {
        "ENVIRONMENT_NAME": "test",
        "LOG_LEVEL": "INFO",
        "STREAM_NAME": "updates",
        "DEAD_LETTER_BUCKET": "dead",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    main(Path(sys.argv[1]))
