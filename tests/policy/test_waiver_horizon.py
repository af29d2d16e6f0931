"""How long a waiver can be valid, by the severity of what it waives."""

from __future__ import annotations

import datetime

import pytest

from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waiver_horizon import (
    horizon_errors,
    maximum_days,
    policy_of,
    severity_of,
)

LISTED = {"A": PolicySeverity.HIGH, "B": PolicySeverity.LOW, "E1001": PolicySeverity.LOW}
TODAY = datetime.date(2030, 1, 1)


def test_the_more_severe_a_policy_the_earlier_its_waiver_ends() -> None:
    days = {each.value: maximum_days(each) for each in PolicySeverity}
    assert days == {"critical": 90, "high": 180, "medium": 400, "low": 400, "info": 400}


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("A", "high"),
        ("A[Tags/0]", "high"),
        ("E1001", "low"),
        ("E1002", "high"),
        ("F3006", "high"),
        ("W3010", "info"),
        ("CKV_UNKNOWN", "critical"),
    ],
)
def test_a_rule_has_the_severity_of_its_policy(rule: str, severity: str) -> None:
    assert severity_of(rule, LISTED).value == severity
    assert policy_of(rule) == rule.split("[")[0]


@pytest.mark.parametrize(
    ("rules", "days", "late"),
    [
        (["A"], 180, []),
        (["A"], 181, ["A"]),
        (["B"], 400, []),
        (["B", "A[Tags/0]", "C"], 200, ["A[Tags/0]", "C"]),
        # Longer than any waiver: the format reports that once.
        (["A", "B"], 401, []),
    ],
)
def test_each_rule_that_demands_an_earlier_end_is_named(
    rules: list[str], days: int, late: list[str]
) -> None:
    end = TODAY + datetime.timedelta(days=days)
    found = [*horizon_errors(rules, LISTED, TODAY, end)]
    assert [each.split(" for ")[1].split(",")[0] for each in found] == late
    assert not [*horizon_errors(rules, {}, TODAY, end)]


def test_the_error_names_severity_days_and_the_latest_date() -> None:
    (error,) = horizon_errors(["A"], LISTED, TODAY, datetime.date(2030, 12, 1))
    assert error == (
        "expires: 2030-12-01 is too late for A, whose severity is high: at most 180 days after "
        "created, so 2030-06-30 at the latest"
    )
