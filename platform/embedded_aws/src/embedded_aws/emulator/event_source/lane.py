"""The state machine of one lane of a shard, without any I/O.

A shard is read into lanes: one per concurrent batch, chosen by partition key. A lane processes its
records in order, one batch at a time. The rules are those of AWS:
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from embedded_aws.emulator.event_source.model import (
    Batch,
    Discard,
    Invoke,
    Record,
    Rules,
    Step,
    Wait,
)
from embedded_aws.emulator.event_source.outcome import (
    Failed,
    Outcome,
    PartlyFailed,
    Succeeded,
    Throttled,
)

# Limit of a synchronous invocation's payload, which also limits batches.
PAYLOAD_BYTES = 6 * 1024 * 1024
INITIAL_BACKOFF_SECONDS = 0.1
MAXIMUM_BACKOFF_SECONDS = 10.0
THROTTLE_BACKOFF_SECONDS = 0.2

RETRIES_EXHAUSTED = "RetryAttemptsExhausted"
TOO_OLD = "RecordAgeExceeded"


class Lane:
    """The records of one lane, in order; `done` is the last processed sequence number."""

    def __init__(self, done: int) -> None:
        self.done = done
        self._retry_queue: deque[Batch] = deque()
        self._unbatched: deque[Record] = deque()
        self._unbatched_bytes = 0
        self._window_start = 0.0
        self._busy = False

    @property
    def busy(self) -> bool:
        """Return whether a batch is in flight."""
        return self._busy

    @property
    def pending(self) -> bool:
        """Return whether any added record is unprocessed."""
        return self._busy or bool(self._retry_queue) or bool(self._unbatched)

    @property
    def waiting(self) -> int:
        """Return how many records are in no batch yet."""
        return len(self._unbatched)

    def oldest(self) -> float | None:
        """Return the arrival time of the oldest waiting record, or None."""
        if self._retry_queue:
            return self._retry_queue[0].records[0].arrived
        return self._unbatched[0].arrived if self._unbatched else None

    def add(self, records: Iterable[Record], now: float) -> None:
        """Append records that were just read; the batching window starts with the first."""
        for record in records:
            if not self._unbatched:
                self._window_start = now
            self._unbatched.append(record)
            self._unbatched_bytes += record.size

    def next(self, rules: Rules, now: float) -> Step:
        """Return the next step. After `Invoke` and `Discard`, call `finish` or `discarded`."""
        if self._busy:
            return Wait(None)
        if not self._retry_queue:
            if not self._unbatched:
                return Wait(None)
            due = self._window_start + rules.window
            if not self._full(rules) and now < due and not _expired(self._unbatched[0], rules, now):
                return Wait(due)
            self._retry_queue.append(self._take(rules, now))
        batch = self._retry_queue.popleft()
        old = tuple(record for record in batch.records if _expired(record, rules, now))
        if old:
            rest = batch.records[len(old) :]
            if rest:
                self._retry_queue.appendleft(replace(batch, records=rest))
            self._busy = True
            return Discard(replace(batch, records=old), TOO_OLD)
        if batch.not_before > now:
            self._retry_queue.appendleft(batch)
            return Wait(batch.not_before)
        self._busy = True
        return Invoke(batch)

    def finish(self, batch: Batch, outcome: Outcome, rules: Rules, now: float) -> Discard | None:
        """Process the outcome of an invocation; a returned `Discard` must be executed at once."""
        self._busy = False
        match outcome:
            case Succeeded():
                self.done = batch.records[-1].sequence
            case Throttled():
                backoff = now + THROTTLE_BACKOFF_SECONDS
                self._retry_queue.appendleft(replace(batch, not_before=backoff))
            case Failed():
                return self._failed(batch, rules, now)
            case PartlyFailed(first):
                return self._partly_failed(batch, first, rules, now)
        return None

    def discarded(self, batch: Batch) -> None:
        """Mark a discarded batch as done."""
        self._busy = False
        self.done = batch.records[-1].sequence

    def _full(self, rules: Rules) -> bool:
        return len(self._unbatched) >= rules.batch_size or self._unbatched_bytes >= PAYLOAD_BYTES

    def _take(self, rules: Rules, now: float) -> Batch:
        taken = [self._unbatched.popleft()]
        size = taken[0].size
        while self._unbatched and len(taken) < rules.batch_size:
            if size + self._unbatched[0].size > PAYLOAD_BYTES:
                break
            taken.append(self._unbatched.popleft())
            size += taken[-1].size
        self._unbatched_bytes -= size
        self._window_start = now
        return Batch(tuple(taken))

    def _failed(self, batch: Batch, rules: Rules, now: float) -> Discard | None:
        if rules.bisect and len(batch.records) > 1:
            # "Splitting a batch does not count towards the retry quota."
            self._split(batch, len(batch.records) // 2)
            return None
        return self._retry(batch, rules, now, raised=True)

    def _partly_failed(self, batch: Batch, first: int, rules: Rules, now: float) -> Discard | None:
        if first:
            self.done = batch.records[first - 1].sequence
        rest = replace(batch, records=batch.records[first:])
        if rules.bisect and first:
            self._retry_queue.appendleft(rest)
            return None
        if rules.bisect and len(rest.records) > 1:
            self._split(rest, 1)
            return None
        return self._retry(rest, rules, now, raised=False)

    def _split(self, batch: Batch, at: int) -> None:
        self._retry_queue.appendleft(replace(batch, records=batch.records[at:]))
        self._retry_queue.appendleft(replace(batch, records=batch.records[:at]))

    def _retry(self, batch: Batch, rules: Rules, now: float, *, raised: bool) -> Discard | None:
        attempted = replace(batch, attempts=batch.attempts + 1)
        if rules.retries is not None and attempted.attempts > rules.retries:
            self._busy = True
            return Discard(attempted, RETRIES_EXHAUSTED, raised)
        backoff = min(INITIAL_BACKOFF_SECONDS * 2**batch.attempts, MAXIMUM_BACKOFF_SECONDS)
        self._retry_queue.appendleft(replace(attempted, not_before=now + backoff))
        return None


def _expired(record: Record, rules: Rules, now: float) -> bool:
    return rules.maximum_age is not None and now - record.arrived > rules.maximum_age
