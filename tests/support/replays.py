"""A dead-letter bucket and a stream in memory, and runs of the replayer over them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from failure_replayer.bucket import S3DeadLetterBucket
from failure_replayer.replay_log import S3ReplayLog
from failure_replayer.replayer import Replayer
from failure_replayer.request import Report, Request
from failure_replayer.stream import KinesisStream
from support.dead_letters import BUCKET, FakeBucket, FakeKinesis, failed_batch
from support.events import SHARD, sequence


class World:
    """A bucket with dead letters and a stream, and runs over them, each by a new execution."""

    def __init__(self) -> None:
        self.s3, self.kinesis = FakeBucket(), FakeKinesis()
        self.slept = 0.0

    def run(self, in_time: Callable[[], bool] = lambda: True, **asked: Any) -> Report:
        request = Request.parse({"dry_run": False, **asked})
        stream = KinesisStream(self.kinesis, "updates", sleep=self._sleep)
        dead_letters, replay_log = S3DeadLetterBucket(self.s3, BUCKET), S3ReplayLog(self.s3, BUCKET)
        return Replayer(dead_letters, replay_log, stream, in_time).run(request)

    def run_to_the_end(self, **asked: Any) -> tuple[list[Report], int]:
        """Portions of the shortest time, each resumed where the one before has stopped."""
        reports = [self.run(lambda: False, **asked)]
        while reports[-1].cursor is not None:
            resume = {"cursor": reports[-1].cursor, "position": reports[-1].position}
            assert len(reports) < 100
            reports.append(self.run(lambda: False, **asked, **resume))
        return reports, sum(report.replayed for report in reports)

    def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    def named(self, first: str, last: str, count: int, shard: str = SHARD, start: int = 0) -> str:
        """A discarded batch without its records."""
        key = failed_batch(self.s3, *[b"?"] * count, start=start, with_payload=False)
        text = self.s3.objects[BUCKET, key].decode()
        text = text.replace(sequence(start), first).replace(sequence(start + count - 1), last)
        self.s3.objects[BUCKET, key] = text.replace(SHARD, shard).encode()
        return key

    def on_stream(self, *payloads: bytes) -> None:
        entries = [{"Data": payload, "PartitionKey": "k"} for payload in payloads]
        for begin in range(0, len(entries), 500):
            self.kinesis.put_records(StreamName="updates", Records=entries[begin : begin + 500])
