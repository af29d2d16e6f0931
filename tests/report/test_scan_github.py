from __future__ import annotations

import pytest

from catalog_platform.findings import Location, Severity
from catalog_platform.policy.results import Cause, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report import scan_github
from support.manifests import FixedSources, a_finding
from support.results import a_result, a_waiver

SOURCES = FixedSources(rule_page="")


def lines(*results, problems=()):
    scan = ScanResult(results=results, problems=problems)
    return scan_github.render(scan, SOURCES).splitlines()


def test_an_annotation_names_policy_severity_construct_key_and_code():
    result = a_result(
        detail="Name",
        hint="encrypt it",
        key="dead_letters.enabled",
        source=Location("platform/catalog_platform/infra/dead_letters.py", 61, 13),
        causes=(Cause(kind="key", key="dead_letters.enabled", location=Location("a.yaml", 9)),),
    )
    (line,) = lines(result)
    assert line == (
        "::error file=environments/prod.yaml,line=7,col=1,title=CKV_AWS_27 (high)::"
        "DeadLetters/Queue/Resource[Name]: Ensure all data stored in the SQS queue is encrypted%0A"
        "decided by: dead_letters.enabled%0A"
        "made in: platform/catalog_platform/infra/dead_letters.py:61%0A"
        "caused by: dead_letters.enabled at a.yaml:9%0A"
        "hint: encrypt it%0A"
        "environments: prod"
    )


def test_results_that_differ_in_the_environment_are_one_annotation():
    (line,) = lines(a_result(), a_result(environment="staging"))
    assert line.endswith("environments: prod, staging")


def test_waived_results_have_no_annotation():
    assert lines(a_result(waiver=a_waiver())) == []


def test_unchanged_results_are_notices():
    (line,) = lines(a_result(status="unchanged"))
    assert line.startswith("::notice ")


def test_the_most_severe_come_first_and_new_before_unchanged():
    shown = lines(
        a_result(policy="A", severity=PolicySeverity.LOW),
        a_result(policy="B", severity=PolicySeverity.CRITICAL),
        problems=[a_finding(rule="scan-incomplete"), a_finding(rule="scan-incomplete")],
    )
    titles = [line.split("title=")[1].split("::")[0] for line in shown]
    assert titles == ["scan-incomplete", "B (critical)", "A (low)"]


@pytest.mark.parametrize(("count", "shown"), [(10, 10), (11, 10)])
def test_no_more_errors_are_shown_than_github_shows(count, shown):
    errors = [a_result(resource=f"R{number}") for number in range(count)]
    found = lines(*errors)
    assert sum(line.startswith("::error ") for line in found) == shown
    assert any("title=More findings" in line for line in found) is (count > shown)


def test_the_last_notice_has_the_number_of_annotations_left_out():
    errors = [a_result(resource=f"R{number}") for number in range(13)]
    notes = [a_result(resource=f"N{number}", status="unchanged") for number in range(12)]
    warning = a_result(resource="W", severity=PolicySeverity.INFO)
    found = lines(*errors, *notes, warning)
    kinds = [line.split(" ")[0].strip(":") for line in found]
    assert [kinds.count(kind) for kind in ("error", "warning", "notice")] == [10, 1, 10]
    assert found[-1] == (
        "::notice title=More findings::3 errors, 3 notices not shown: GitHub shows 10 of each per "
        "step; the same command without `--format github` lists all"
    )


def test_an_annotation_of_a_result_cannot_start_another_command():
    (line,) = lines(a_result(message="x\n::add-mask::y", location=Location("a,b.yaml")))
    assert "file=a%2Cb.yaml," in line
    assert "x%0A::add-mask::y" in line


def test_a_warning_of_a_problem_stays_one():
    (line,) = lines(problems=[a_finding(severity=Severity.WARNING)])
    assert line.startswith("::warning ")
