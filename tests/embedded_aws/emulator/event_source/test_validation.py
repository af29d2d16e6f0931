"""https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""

from __future__ import annotations

from typing import Any

import pytest

from embedded_aws.emulator.event_source.validation import BOUNDS, problems


def settings(**given: Any) -> dict[str, Any]:
    return {"StartingPosition": "LATEST", **given}


@pytest.mark.parametrize("name", BOUNDS)
def test_bounds_are_inclusive(name: str) -> None:
    least, most = BOUNDS[name]
    assert problems(settings(**{name: least})) == []
    assert problems(settings(**{name: str(most)})) == []
    assert name in problems(settings(**{name: least - 1}))[0]
    assert name in problems(settings(**{name: most + 1}))[0]


def test_an_age_below_a_minute_is_refused() -> None:
    assert problems(settings(MaximumRecordAgeInSeconds=60)) == []
    assert "at least 60" in problems(settings(MaximumRecordAgeInSeconds=59))[0]


def test_a_setting_that_is_not_a_number_is_refused() -> None:
    assert "whole number" in problems(settings(BatchSize="many"))[0]


def test_a_stream_needs_a_starting_position() -> None:
    assert "TRIM_HORIZON" in problems({})[0]


def test_at_timestamp_needs_a_timestamp() -> None:
    wanted = {"StartingPosition": "AT_TIMESTAMP"}
    assert "StartingPositionTimestamp" in problems(wanted)[0]
    assert problems({**wanted, "StartingPositionTimestamp": 1.0}) == []


def test_all_problems_are_reported_together() -> None:
    assert len(problems({"BatchSize": 0, "ParallelizationFactor": 11})) == 3
