"""What the page of a scan shows."""

from __future__ import annotations

import datetime

import pytest

from catalog_platform.findings import Severity
from catalog_platform.policy.history import History
from catalog_platform.policy.results import Counts, ScanResult
from catalog_platform.report.scan_page import FINDINGS, page
from support.manifests import SOURCES
from support.results import a_result, a_waiver
from support.scans import (
    PROD,
    TODAY,
    a_context,
    a_problem,
    a_record,
    counted,
    full_context,
    full_scan,
)


def test_findings_are_grouped_and_counted_with_the_new_ones_first() -> None:
    found = page(full_scan(), SOURCES, full_context())
    assert found.summary == "2 findings: 1 critical, 1 medium; 1 of them is new"
    first, second = found.found
    assert (first.result.status, first.is_error, second.is_error) == ("new", True, False)
    assert [each.environment for each in second.results] == ["prod", "dev"]
    assert found.errors == 1


def test_counts_are_by_severity_and_by_section() -> None:
    found = page(full_scan(), SOURCES, full_context())
    (severities,), (sections,) = found.by_severity, found.by_section
    cells = {each.name: each.cells for each in severities.rows}
    assert cells["critical"] == (Counts(0, 1), None)
    assert cells["all"] == (Counts(3, 2, 1), Counts(3, 1, 1))
    assert [each.name for each in sections.rows] == ["audit", "database", "dead_letters"]


@pytest.mark.parametrize(
    ("days", "tone"), [(-1, "bad"), (0, "bad"), (7, "bad"), (8, "warn"), (30, "warn"), (31, "good")]
)
def test_the_colour_of_a_waiver_is_its_urgency(days: int, tone: str) -> None:
    waiver = a_waiver(expires=TODAY + datetime.timedelta(days=days))
    (row,) = page(ScanResult(results=(a_result(waiver=waiver),)), SOURCES, a_context()).waivers
    assert row.tone == tone


def test_findings_without_room_are_counted() -> None:
    results = tuple(a_result(policy=f"P{at}") for at in range(FINDINGS + 3))
    found = page(ScanResult(environments=(PROD,), results=results), SOURCES, a_context())
    assert (len(found.found), found.left_out) == (FINDINGS, 3)


def test_the_trend_has_the_scans_of_each_environment_the_last_one_first() -> None:
    records = (a_record(1, prod=counted(high=1)), a_record(2, prod=counted()), a_record(3))
    scan = ScanResult(environments=(PROD,))
    found = page(scan, SOURCES, a_context(history=History(records)))
    (table,) = found.trend
    assert [record.time.day for record, _ in table.rows] == [2, 1]
    assert len(found.charts) == 1
    assert page(scan, SOURCES, a_context()).charts == ()


def test_an_error_that_belongs_to_no_policy_is_counted() -> None:
    scan = ScanResult(problems=(a_problem(severity=Severity.ERROR),))
    assert page(scan, SOURCES, a_context()).errors == 1
