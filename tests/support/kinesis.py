"""Builders of stream records and batches for tests of the event source."""

from __future__ import annotations

from collections.abc import Iterable

from embedded_aws.emulator.event_source.lane import Lane
from embedded_aws.emulator.event_source.model import Batch, Discard, Invoke, Record, Rules
from embedded_aws.emulator.event_source.outcome import Outcome


def record(sequence: int, *, key: str = "key", arrived: float = 0.0, size: int = 100) -> Record:
    return Record(
        sequence,
        key,
        arrived,
        size,
        {"kinesis": {"sequenceNumber": f"{sequence:030d}", "data": ""}},
    )


def records(*sequences: int, arrived: float = 0.0) -> list[Record]:
    return [record(sequence, arrived=arrived) for sequence in sequences]


def batch(*sequences: int, attempts: int = 0) -> Batch:
    return Batch(tuple(records(*sequences)), attempts)


def lane(*sequences: int) -> Lane:
    """Return a lane that has just read these records."""
    found = Lane(0)
    found.add(records(*sequences), now=0.0)
    return found


def invoke(found: Lane, rules: Rules, now: float = 0.0) -> Batch:
    """Return the batch that is sent now; fail without one."""
    step = found.next(rules, now)
    assert isinstance(step, Invoke), step
    return step.batch


def sequences(found: Batch | Discard) -> list[int]:
    entries = found.batch.records if isinstance(found, Discard) else found.records
    return [entry.sequence for entry in entries]


def play(
    found: Lane, rules: Rules, outcomes: Iterable[Outcome], now: float = 0.0
) -> tuple[list[list[int]], list[Discard]]:
    """Answer each due batch with the next outcome; return the sent and the discarded batches."""
    sent: list[list[int]] = []
    discarded: list[Discard] = []
    for outcome in outcomes:
        # Longer than any backoff.
        now += 60.0
        step = found.next(rules, now)
        if isinstance(step, Discard):
            discarded.append(step)
            found.discarded(step.batch)
            step = found.next(rules, now)
        assert isinstance(step, Invoke), step
        sent.append(sequences(step.batch))
        end = found.finish(step.batch, outcome, rules, now)
        if end is not None:
            discarded.append(end)
            found.discarded(end.batch)
    return sent, discarded
