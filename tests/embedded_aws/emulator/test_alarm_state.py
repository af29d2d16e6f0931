"""Alarm states match the examples of CloudWatch's documentation.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import pytest

from embedded_aws.emulator.alarm_state import Condition

TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")
VALUES = {"0": 0.0, "X": 9.0, "-": None}
# The state for each treatment of missing data; «retain» keeps the previous one.
ALL_DATAPOINTS = {
    "0 - X - X": ("OK", "OK", "OK", "OK"),
    "0 - - - -": ("OK", "OK", "OK", "OK"),
    "- - - - -": ("INSUFFICIENT_DATA", "retain", "ALARM", "OK"),
    "0 X X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "- - X - -": ("ALARM", "retain", "ALARM", "OK"),
}
TWO_OF_THREE = {
    "0 - X - X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 0 X 0 X": ("ALARM", "ALARM", "ALARM", "ALARM"),
    "0 - X - -": ("OK", "OK", "ALARM", "OK"),
    "- - - - 0": ("OK", "OK", "ALARM", "OK"),
    "- - - X -": ("ALARM", "retain", "ALARM", "OK"),
}


def evaluated(series: str, to_alarm: int, missing: str) -> str:
    condition = Condition("GreaterThanThreshold", 1.0, 3, to_alarm, missing)
    return condition.evaluate([VALUES[sign] for sign in series.split()]) or "retain"


@pytest.mark.parametrize(
    ("to_alarm", "series", "states"),
    [
        *((3, series, states) for series, states in ALL_DATAPOINTS.items()),
        *((2, series, states) for series, states in TWO_OF_THREE.items()),
    ],
)
def test_states_match_the_tables_of_the_documentation(
    to_alarm: int, series: str, states: tuple[str, ...]
) -> None:
    assert tuple(evaluated(series, to_alarm, missing) for missing in TREATMENTS) == states


@pytest.mark.parametrize("series", ["- - - - X", "- - - X -"])
def test_a_recent_single_breach_does_not_fire(series: str) -> None:
    assert evaluated(series, 3, "missing") == "retain"


@pytest.mark.parametrize("series", ["- - - X 0", "- - X - 0"])
def test_a_value_within_the_threshold_clears_a_single_breach(series: str) -> None:
    assert evaluated(series, 3, "missing") == "OK"


@pytest.mark.parametrize(
    ("comparison", "fires"),
    [
        ("GreaterThanThreshold", [False, False, True]),
        ("GreaterThanOrEqualToThreshold", [False, True, True]),
        ("LessThanThreshold", [True, False, False]),
        ("LessThanOrEqualToThreshold", [True, True, False]),
    ],
)
def test_each_comparison_treats_its_threshold_correctly(comparison: str, fires: list[bool]) -> None:
    condition = Condition(comparison, 5.0, 1, 1, "missing")
    assert [condition.evaluate([value]) == "ALARM" for value in (4.0, 5.0, 6.0)] == fires


def test_an_anomaly_band_is_not_evaluated() -> None:
    assert Condition("GreaterThanUpperThreshold", 0.0, 1, 1, "breaching").evaluate([1.0]) is None


def test_datapoints_to_alarm_defaults_to_all_periods() -> None:
    described = {"ComparisonOperator": "LessThanThreshold", "Threshold": 1, "EvaluationPeriods": 3}
    condition = Condition.of({**described, "DatapointsToAlarm": None})
    assert condition.to_alarm == 3
    assert condition.missing == "missing"
