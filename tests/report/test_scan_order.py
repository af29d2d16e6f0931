"""The order and the groups of results in reports."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from catalog_platform.findings import Location, Severity
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report import scan_order
from support.results import a_result, a_waiver
from support.scans import NEW, OLD, TODAY, a_problem, full_scan


def test_new_results_come_first_then_severe_ones_then_by_location() -> None:
    results = [
        a_result(policy="A", severity=PolicySeverity.LOW),
        a_result(policy="B", location=Location("environments/prod.yaml", 2)),
        a_result(policy="C", severity=PolicySeverity.CRITICAL),
        a_result(policy="D", severity=PolicySeverity.INFO, status="new"),
        a_result(policy="E", location=Location("environments/prod.yaml", 10)),
    ]
    assert [each.policy for each in scan_order.ordered(results)] == ["D", "C", "B", "E", "A"]


def test_a_waived_result_is_not_failing() -> None:
    assert [each.policy for each in scan_order.failing(full_scan())] == [
        NEW.policy,
        OLD.policy,
        OLD.policy,
    ]


def test_results_that_differ_only_in_the_environment_are_one_group() -> None:
    others = [
        replace(OLD, environment="dev", logical_id="X"),
        replace(OLD, environment="dev", detail="other"),
        replace(OLD, environment="dev", location=Location("environments/dev.yaml")),
        replace(OLD, environment="dev", status="new"),
    ]
    groups = scan_order.across_environments([OLD, *others])
    assert [scan_order.names(each) for each in groups] == [("prod", "dev"), *[("dev",)] * 3]


def test_an_error_and_a_warning_are_not_one_group() -> None:
    error = a_result()
    warning = replace(error, environment="dev", threshold=PolicySeverity.CRITICAL)
    assert len(scan_order.across_environments([error, warning])) == 2


def test_waivers_are_in_the_order_of_their_ends() -> None:
    late, early = a_waiver(), a_waiver(id="a", expires=datetime.date(2030, 2, 1))
    scan = ScanResult(
        results=(a_result(waiver=late), a_result(waiver=early), a_result(waiver=late))
    )
    assert [(each.id, len(found)) for each, found in scan_order.waived(scan)] == [
        ("a", 1),
        (late.id, 2),
    ]


@pytest.mark.parametrize(
    ("expires", "text"),
    [
        (datetime.date(2030, 6, 27), "2 days left"),
        (datetime.date(2030, 6, 26), "1 day left"),
        (TODAY, "ends today"),
        (datetime.date(2030, 6, 24), "ended"),
    ],
)
def test_the_days_left_of_a_waiver(expires: datetime.date, text: str) -> None:
    assert scan_order.left(a_waiver(expires=expires), TODAY) == text


def test_problems_that_are_errors_come_first() -> None:
    scan = ScanResult(problems=(a_problem(), a_problem(rule="z", severity=Severity.ERROR)))
    assert [each.rule for each in scan_order.problems(scan)] == ["z", "waiver-expires-soon"]
