"""Batches, retries, splits and discards of a lane, as AWS documents them."""

from __future__ import annotations

import pytest

from embedded_aws.emulator.event_source.lane import (
    PAYLOAD_BYTES,
    RETRIES_EXHAUSTED,
    TOO_OLD,
    Lane,
)
from embedded_aws.emulator.event_source.model import Discard, Invoke, Rules, Wait
from embedded_aws.emulator.event_source.outcome import (
    Failed,
    Outcome,
    PartlyFailed,
    Succeeded,
    Throttled,
)
from support.kinesis import invoke, lane, play, record, records, sequences

PARAMETERS = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"
BATCHING = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html"
FAILURE = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"
PARTIAL = "https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html"
API = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"


def test_without_a_window_a_batch_is_sent_as_soon_as_there_is_a_record() -> None:
    """BATCHING: "by default, Lambda invokes your function as soon as records are available"."""
    assert sequences(invoke(lane(1), Rules(batch_size=100))) == [1]


def test_a_batch_holds_at_most_the_batch_size() -> None:
    """PARAMETERS, "Batch size": the number of records to send to the function in each batch."""
    assert sequences(invoke(lane(1, 2, 3), Rules(batch_size=2))) == [1, 2]


def test_the_window_delays_a_batch_that_is_not_full() -> None:
    """BATCHING: the batching window is the most time to gather records into one payload."""
    found = lane(1)
    assert found.next(Rules(window=5.0), now=4.9) == Wait(5.0)
    assert sequences(invoke(found, Rules(window=5.0), now=5.0)) == [1]


def test_a_full_batch_does_not_wait_for_the_window() -> None:
    """BATCHING: the function is invoked when the window ends, the batch size is met, or 6 MB."""
    assert sequences(invoke(lane(1, 2), Rules(batch_size=2, window=300.0))) == [1, 2]


def test_six_megabytes_end_a_batch_early() -> None:
    """BATCHING: "the payload size reaches 6 MB"; you cannot modify this limit."""
    found = Lane(0)
    found.add([record(n, size=PAYLOAD_BYTES // 2) for n in (1, 2, 3)], now=0.0)
    assert sequences(invoke(found, Rules(batch_size=100, window=300.0))) == [1, 2]


def test_a_record_larger_than_the_limit_is_sent_alone() -> None:
    """BATCHING: a batch is never empty."""
    found = Lane(0)
    found.add([record(1, size=2 * PAYLOAD_BYTES), record(2)], now=0.0)
    assert sequences(invoke(found, Rules(batch_size=100))) == [1]


def test_a_lane_sends_one_batch_at_a_time() -> None:
    """PARAMETERS, "Concurrent batches per shard": one batch per shard at a time by default."""
    found = lane(1, 2)
    invoke(found, Rules(batch_size=1))
    assert found.next(Rules(batch_size=1), now=1000.0) == Wait(None)


def test_batches_are_sent_in_order() -> None:
    """PARAMETERS: "Lambda still ensures in-order processing at the partition-key level"."""
    sent, _ = play(lane(1, 2, 3, 4, 5), Rules(batch_size=2), [Succeeded()] * 3)
    assert sent == [[1, 2], [3, 4], [5]]


def test_a_failed_batch_is_retried_whole() -> None:
    """FAILURE: if the function returns an error, Lambda retries the batch."""
    sent, _ = play(lane(1, 2), Rules(), [Failed(), Succeeded()])
    assert sent == [[1, 2], [1, 2]]


def test_by_default_a_batch_is_retried_indefinitely() -> None:
    """API: MaximumRetryAttempts, "the default value is infinite (-1)"."""
    sent, discarded = play(lane(1), Rules(retries=None), [Failed()] * 50)
    assert (len(sent), discarded) == (50, [])


@pytest.mark.parametrize("retries", [0, 1, 3])
def test_a_failing_batch_is_discarded_after_its_retries(retries: int) -> None:
    """PARAMETERS, "Retry attempts": the maximum number of times that Lambda retries."""
    sent, discarded = play(lane(1), Rules(retries=retries), [Failed()] * (retries + 1))
    assert len(sent) == retries + 1
    assert [(d.condition, d.batch.attempts) for d in discarded] == [
        (RETRIES_EXHAUSTED, retries + 1)
    ]


def test_after_a_discard_the_next_records_are_processed() -> None:
    """FAILURE: "Lambda discards the records and continues processing batches"."""
    sent, _ = play(lane(1, 2), Rules(batch_size=1, retries=0), [Failed(), Succeeded()])
    assert sent == [[1], [2]]


def test_a_failing_batch_blocks_later_records() -> None:
    """FAILURE: a bad record blocks processing on the affected shard until it is discarded."""
    sent, _ = play(lane(1, 2), Rules(batch_size=1, retries=2), [Failed()] * 3 + [Succeeded()])
    assert sent == [[1], [1], [1], [2]]


def test_retries_back_off_exponentially() -> None:
    """BATCHING: Lambda retries with exponential backoff."""
    found, rules, waits = lane(1), Rules(), []
    for now in (0.0, 100.0, 200.0):
        sent = invoke(found, rules, now)
        found.finish(sent, Failed(), rules, now)
        step = found.next(rules, now)
        assert isinstance(step, Wait)
        assert step.until is not None
        waits.append(round(step.until - now, 3))
    assert waits == sorted(set(waits))


def test_throttling_uses_up_no_retry() -> None:
    """FAILURE, before invocation: throttled, "it retries until the records expire"."""
    sent, discarded = play(lane(1), Rules(retries=0), [Throttled()] * 5 + [Succeeded()])
    assert (len(sent), discarded) == (6, [])


def test_throttled_records_are_discarded_at_their_maximum_age() -> None:
    """FAILURE, before invocation: "or exceed the maximum age configured"."""
    found, rules = lane(1), Rules(maximum_age=60)
    found.finish(invoke(found, rules), Throttled(), rules, now=1.0)
    step = found.next(rules, now=61.0)
    assert isinstance(step, Discard)
    assert step.condition == TOO_OLD


def test_bisecting_splits_a_failed_batch_in_two() -> None:
    """API: BisectBatchOnFunctionError, "split the batch in two and retry"."""
    rules = Rules(bisect=True, retries=0)
    sent, discarded = play(lane(1, 2, 3, 4), rules, [Failed(), Succeeded(), Succeeded()])
    assert (sent, discarded) == ([[1, 2, 3, 4], [1, 2], [3, 4]], [])


def test_splitting_uses_up_no_retry() -> None:
    """FAILURE: "Splitting a batch does not count towards the retry quota"."""
    rules = Rules(bisect=True, retries=1)
    answers = [Failed(), Failed(), Failed(), Failed()]
    sent, discarded = play(lane(1, 2, 3, 4), rules, answers)
    assert sent == [[1, 2, 3, 4], [1, 2], [1], [1]]
    assert [(sequences(d), d.batch.attempts) for d in discarded] == [([1], 2)]


def test_bisecting_isolates_a_bad_record_and_keeps_the_order() -> None:
    """FAILURE: bisecting isolates bad records."""
    rules, found = Rules(bisect=True, retries=0), lane(*range(1, 9))
    done: list[int] = []
    discarded: list[list[int]] = []
    now = 0.0
    while found.pending:
        now += 60.0
        sent = invoke(found, rules, now)
        bad = 5 in sequences(sent)
        end = found.finish(sent, Failed() if bad else Succeeded(), rules, now)
        if end is not None:
            discarded.append(sequences(end))
            found.discarded(end.batch)
        elif not bad:
            done += sequences(sent)
    assert (done, discarded) == ([1, 2, 3, 4, 6, 7, 8], [[5]])


def test_a_partial_failure_retries_from_the_first_failed_record_on() -> None:
    """PARTIAL: Lambda uses the lowest sequence number as the checkpoint and retries from it."""
    sent, _ = play(lane(1, 2, 3, 4), Rules(partial=True), [PartlyFailed(2), Succeeded()])
    assert sent == [[1, 2, 3, 4], [3, 4]]


def test_records_before_the_first_failure_are_done() -> None:
    """PARTIAL: records before the checkpoint are not sent again."""
    found, rules = lane(1, 2, 3), Rules(partial=True)
    found.finish(invoke(found, rules), PartlyFailed(2), rules, now=0.0)
    assert found.done == 2


def test_a_partial_failure_without_bisecting_uses_up_a_retry() -> None:
    """PARTIAL: the remaining records are retried within the mapping's retry quota."""
    rules = Rules(partial=True, retries=1)
    sent, discarded = play(lane(1, 2, 3), rules, [PartlyFailed(1), PartlyFailed(0)])
    assert sent == [[1, 2, 3], [2, 3]]
    assert [sequences(d) for d in discarded] == [[2, 3]]


def test_with_bisecting_a_batch_is_split_at_the_record_that_failed() -> None:
    """PARTIAL: "the batch is bisected at the returned sequence number, and Lambda retries only
    the remaining records"."""
    rules = Rules(partial=True, bisect=True, retries=0)
    sent, discarded = play(lane(1, 2, 3, 4), rules, [PartlyFailed(1), Succeeded()])
    assert (sent, discarded) == ([[1, 2, 3, 4], [2, 3, 4]], [])


def test_with_bisecting_a_failing_first_record_is_sent_alone() -> None:
    """PARTIAL: bisected at the returned sequence number, which is the first one."""
    rules = Rules(partial=True, bisect=True, retries=0)
    answers: list[Outcome] = [PartlyFailed(0), PartlyFailed(0), Succeeded()]
    sent, discarded = play(lane(1, 2, 3), rules, answers)
    assert sent == [[1, 2, 3], [1], [2, 3]]
    assert [sequences(d) for d in discarded] == [[1]]


def test_a_discard_distinguishes_errors_from_item_failures() -> None:
    """FAILURE: `functionError` is part of the response context when the function failed."""
    _, raised = play(lane(1), Rules(retries=0), [Failed()])
    _, named = play(lane(1), Rules(retries=0, partial=True), [PartlyFailed(0)])
    assert (raised[0].raised, named[0].raised) == (True, False)


def test_records_that_are_too_old_are_never_sent() -> None:
    """PARAMETERS, "Maximum age of record": the maximum age of a record that Lambda sends."""
    found = Lane(0)
    found.add([*records(1, 2, arrived=0.0), *records(3, arrived=50.0)], now=100.0)
    step = found.next(Rules(maximum_age=60), now=100.0)
    assert isinstance(step, Discard)
    assert (sequences(step), step.condition, step.batch.attempts) == ([1, 2], TOO_OLD, 0)
    found.discarded(step.batch)
    assert sequences(invoke(found, Rules(maximum_age=60), now=100.0)) == [3]


def test_a_failing_batch_is_discarded_at_its_maximum_age() -> None:
    """FAILURE, during invocation: retried until the records exceed the maximum age."""
    found, rules = lane(1), Rules(maximum_age=60)
    found.finish(invoke(found, rules), Failed(), rules, now=59.0)
    step = found.next(rules, now=61.0)
    assert isinstance(step, Discard)
    assert (step.condition, step.batch.attempts) == (TOO_OLD, 1)


def test_a_record_that_is_too_old_does_not_wait_for_the_window() -> None:
    """PARAMETERS: its age is all that counts."""
    step = lane(1).next(Rules(maximum_age=60, window=300.0), now=61.0)
    assert isinstance(step, Discard)


def test_without_a_maximum_age_no_record_is_too_old() -> None:
    """API: MaximumRecordAgeInSeconds, "the default value is infinite (-1)"."""
    assert isinstance(lane(1).next(Rules(), now=10.0**9), Invoke)


def test_an_idle_lane_waits_for_records() -> None:
    """BATCHING: nothing is sent when there is nothing."""
    assert lane().next(Rules(), now=0.0) == Wait(None)


def test_done_advances_in_order() -> None:
    """PARTIAL: the checkpoint is the lowest sequence number that is not processed."""
    rules, found = Rules(bisect=True), lane(1, 2, 3, 4)
    found.finish(invoke(found, rules), Failed(), rules, now=0.0)
    assert found.done == 0
    found.finish(invoke(found, rules), Succeeded(), rules, now=0.0)
    assert found.done == 2
