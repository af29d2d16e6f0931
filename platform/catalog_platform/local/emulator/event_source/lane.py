"""What one lane of an event source does next, without any I/O.

A shard is read into lanes: one per concurrent batch, chosen by partition key. Within a lane
everything happens in order, and at most one batch is under way. The rules are AWS's:
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from catalog_platform.local.emulator.event_source.model import (
    Batch,
    Discard,
    Invoke,
    Record,
    Rules,
    Step,
    Wait,
)
from catalog_platform.local.emulator.event_source.outcome import (
    Failed,
    Outcome,
    PartlyFailed,
    Succeeded,
    Throttled,
)

# Lambda's limit on a synchronous invocation's payload ends a batch early.
PAYLOAD_BYTES = 6 * 1024 * 1024
FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 10.0
THROTTLE_PAUSE_SECONDS = 0.2

RETRIES_EXHAUSTED = "RetryAttemptsExhausted"
TOO_OLD = "RecordAgeExceeded"


class Lane:
    """The records of one lane, in order, and what became of them so far."""

    def __init__(self, done: int) -> None:
        self.done = done
        self._again: deque[Batch] = deque()
        self._fresh: deque[Record] = deque()
        self._fresh_bytes = 0
        self._fresh_since = 0.0
        self._busy = False

    @property
    def busy(self) -> bool:
        """Whether a batch is under way."""
        return self._busy

    @property
    def pending(self) -> bool:
        """Whether any record that was added is not done."""
        return self._busy or bool(self._again) or bool(self._fresh)

    @property
    def waiting(self) -> int:
        """How many fresh records wait for a batch."""
        return len(self._fresh)

    def oldest(self) -> float | None:
        """Arrival of the oldest record that waits, None when none does."""
        if self._again:
            return self._again[0].records[0].arrived
        return self._fresh[0].arrived if self._fresh else None

    def add(self, records: Iterable[Record], now: float) -> None:
        """Append records that were just read; the batching window starts with the first."""
        for record in records:
            if not self._fresh:
                self._fresh_since = now
            self._fresh.append(record)
            self._fresh_bytes += record.size

    def next(self, rules: Rules, now: float) -> Step:
        """What to do now. After `Invoke` and `Discard`, report with `finish` or `discarded`."""
        if self._busy:
            return Wait(None)
        if not self._again:
            if not self._fresh:
                return Wait(None)
            due = self._fresh_since + rules.window
            if not self._full(rules) and now < due and not _expired(self._fresh[0], rules, now):
                return Wait(due)
            self._again.append(self._take(rules, now))
        batch = self._again.popleft()
        old = tuple(record for record in batch.records if _expired(record, rules, now))
        if old:
            rest = batch.records[len(old) :]
            if rest:
                self._again.appendleft(replace(batch, records=rest))
            self._busy = True
            return Discard(replace(batch, records=old), TOO_OLD)
        if batch.not_before > now:
            self._again.appendleft(batch)
            return Wait(batch.not_before)
        self._busy = True
        return Invoke(batch)

    def finish(self, batch: Batch, outcome: Outcome, rules: Rules, now: float) -> Discard | None:
        """Take in what became of an invocation; a `Discard` is to be done at once."""
        self._busy = False
        match outcome:
            case Succeeded():
                self.done = batch.records[-1].sequence
            case Throttled():
                pause = now + THROTTLE_PAUSE_SECONDS
                self._again.appendleft(replace(batch, not_before=pause))
            case Failed():
                return self._failed(batch, rules, now)
            case PartlyFailed(first):
                return self._partly_failed(batch, first, rules, now)
        return None

    def discarded(self, batch: Batch) -> None:
        """The batch has been given up for good: it counts as done."""
        self._busy = False
        self.done = batch.records[-1].sequence

    def _full(self, rules: Rules) -> bool:
        return len(self._fresh) >= rules.batch_size or self._fresh_bytes >= PAYLOAD_BYTES

    def _take(self, rules: Rules, now: float) -> Batch:
        taken = [self._fresh.popleft()]
        size = taken[0].size
        while self._fresh and len(taken) < rules.batch_size:
            if size + self._fresh[0].size > PAYLOAD_BYTES:
                break
            taken.append(self._fresh.popleft())
            size += taken[-1].size
        self._fresh_bytes -= size
        self._fresh_since = now
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
            self._again.appendleft(rest)
            return None
        if rules.bisect and len(rest.records) > 1:
            self._split(rest, 1)
            return None
        return self._retry(rest, rules, now, raised=False)

    def _split(self, batch: Batch, at: int) -> None:
        self._again.appendleft(replace(batch, records=batch.records[at:]))
        self._again.appendleft(replace(batch, records=batch.records[:at]))

    def _retry(self, batch: Batch, rules: Rules, now: float, *, raised: bool) -> Discard | None:
        tried = replace(batch, attempts=batch.attempts + 1)
        if rules.retries is not None and tried.attempts > rules.retries:
            self._busy = True
            return Discard(tried, RETRIES_EXHAUSTED, raised)
        pause = min(FIRST_PAUSE_SECONDS * 2**batch.attempts, LONGEST_PAUSE_SECONDS)
        self._again.appendleft(replace(tried, not_before=now + pause))
        return None


def _expired(record: Record, rules: Rules, now: float) -> bool:
    return rules.maximum_age is not None and now - record.arrived > rules.maximum_age
