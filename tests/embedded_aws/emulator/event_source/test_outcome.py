"""The outcome of an invocation:
https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
"""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.emulator.event_source.model import Rules
from embedded_aws.emulator.event_source.outcome import (
    Failed,
    PartlyFailed,
    Succeeded,
    Throttled,
    interpret,
)
from support.kinesis import batch

PARTIAL = Rules(partial=True)


def failures(*identifiers: Any) -> dict[str, Any]:
    return {"batchItemFailures": [{"itemIdentifier": name} for name in identifiers]}


def outcome(body: Any, rules: Rules = PARTIAL) -> object:
    return interpret(rules, batch(1, 2, 3), {"body": body})


@pytest.mark.parametrize(
    "body", [None, {}, "", {"batchItemFailures": []}, {"batchItemFailures": None}, {"other": 1}]
)
def test_a_response_without_failures_is_a_success(body: Any) -> None:
    """Complete success: an empty or null list, an empty or null response."""
    assert outcome(body) == Succeeded()


@pytest.mark.parametrize(
    "body",
    [
        failures(""),
        failures(None),
        {"batchItemFailures": [{"identifier": f"{1:030d}"}]},
        {"batchItemFailures": ["1"]},
        {"batchItemFailures": "1"},
        failures(f"{99:030d}"),
        failures(f"{2:030d}", ""),
    ],
)
def test_an_unknown_identifier_fails_the_whole_batch(body: Any) -> None:
    """Complete failure: an empty, null or wrongly named identifier."""
    assert outcome(body) == Failed()


def test_a_response_other_than_an_object_fails_the_whole_batch() -> None:
    """The response must be an object with `batchItemFailures`."""
    assert outcome("done") == Failed()


def test_the_lowest_of_several_failures_counts() -> None:
    """Lambda uses the lowest sequence number as the checkpoint."""
    assert outcome(failures(f"{3:030d}", f"{2:030d}")) == PartlyFailed(1)


def test_without_partial_responses_the_response_is_ignored() -> None:
    """ReportBatchItemFailures must be in FunctionResponseTypes."""
    assert outcome(failures(f"{1:030d}"), Rules(partial=False)) == Succeeded()


def test_an_error_fails_the_whole_batch() -> None:
    """An unhandled exception is a complete failure."""
    result = {"error": True, "body": failures(f"{2:030d}")}
    assert interpret(PARTIAL, batch(1, 2), result) == Failed()


def test_a_throttled_call_does_not_fail_the_batch() -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    result = {"error": True, "throttle": True, "body": {}}
    assert interpret(PARTIAL, batch(1), result) == Throttled()
