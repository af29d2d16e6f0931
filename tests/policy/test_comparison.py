"""New, unchanged and fixed results, and what is an error after a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from catalog_platform.findings import Finding, Severity, has_errors
from catalog_platform.policy.base_results import BaseResult, BaseScan, of_head, problem_key
from catalog_platform.policy.comparison import BaseEnvironment, compare
from catalog_platform.policy.results import (
    PolicyResult,
    ScanBase,
    ScannedEnvironment,
    ScanResult,
)
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome
from support.manifests import a_finding
from support.results import a_result, a_waiver

BASE = ScanBase(reference="main", commit="1" * 40)
DIGEST = "sha256:" + "1" * 64
OTHER = "sha256:" + "2" * 64


def head(
    *results: PolicyResult, problems: Sequence[Finding] = (), known: str = "CKV_AWS_27"
) -> ScanResult:
    return ScanResult(
        environments=(ScannedEnvironment(name="prod"),),
        results=results,
        problems=tuple(problems),
        known_policies=frozenset({known}),
    )


def before(
    *results: PolicyResult,
    affected: bool = True,
    problems: Sequence[Finding] = (),
    **facts: Any,
) -> BaseEnvironment:
    """Return the base's environment; a result is waived if it has a waiver."""
    scan = BaseScan(
        results=tuple(
            BaseResult(
                result=each,
                **{
                    "waived": each.waiver is not None,
                    "blocking": each.finding is not None
                    and each.finding.severity is Severity.ERROR,
                    **facts,
                },
            )
            for each in results
        ),
        problems=frozenset(map(problem_key, problems)),
    )
    return BaseEnvironment(scan=scan, affected=affected)


def compared(now: ScanResult, base: BaseEnvironment) -> ScanResult:
    return compare(now, BASE, {"prod": base})


def status(now: PolicyResult, base: BaseEnvironment) -> str:
    (found,) = compared(head(now), base).results
    return found.status


WAIVED = a_result(digest=DIGEST, waiver=a_waiver())
RESULT = a_result(digest=DIGEST)
DETAILED = a_result(digest=DIGEST, detail="PolicyDocument/Statement/0")


@pytest.mark.parametrize(
    ("now", "base", "expected"),
    [
        (RESULT, before(), "new"),
        (RESULT, before(RESULT), "unchanged"),
        (RESULT, before(WAIVED), "new"),
        (RESULT, before(a_result(digest=OTHER)), "new"),
        (RESULT, before(a_result(digest=OTHER), affected=False), "unchanged"),
        (RESULT, before(a_result(digest=DIGEST, resource="Stream/Queue")), "new"),
        (RESULT, before(a_result(digest=DIGEST, policy="CKV_AWS_26")), "new"),
        (DETAILED, before(RESULT), "new"),
        (DETAILED, before(RESULT, affected=False), "unchanged"),
        (DETAILED, before(DETAILED), "unchanged"),
        (RESULT, before(DETAILED, affected=False), "new"),
        (RESULT, BaseEnvironment(scan=None, affected=True), "new"),
        (RESULT, BaseEnvironment(scan=None, affected=False), "new"),
        (WAIVED, before(RESULT), "unchanged"),
        (WAIVED, before(WAIVED), "unchanged"),
        (WAIVED, before(), "new"),
        # The earlier form of the report knows neither value nor property.
        (DETAILED, before(a_result(), is_exact=False), "unchanged"),
    ],
)
def test_a_result_is_new_unless_the_base_has_it_with_the_same_value(
    now: PolicyResult, base: BaseEnvironment, expected: str
) -> None:
    assert status(now, base) == expected


def test_a_waived_result_has_no_status_if_the_base_reports_none() -> None:
    base = BaseEnvironment(scan=BaseScan(results=(), has_waived=False), affected=True)
    assert status(WAIVED, base) == ""
    assert status(RESULT, base) == "new"


def test_a_result_that_was_below_the_threshold_is_new_when_it_reaches_it() -> None:
    tolerated = a_result(threshold=PolicySeverity.CRITICAL)
    assert status(a_result(), before(tolerated)) == "new"
    assert status(tolerated, before(tolerated)) == "unchanged"
    assert status(tolerated, before(a_result())) == "unchanged"


def test_only_new_results_at_the_threshold_are_errors() -> None:
    lesser = a_result(policy="CKV_AWS_26", severity=PolicySeverity.INFO)
    assert has_errors(compared(head(RESULT), before()).findings)
    assert not has_errors(compared(head(lesser), before()).findings)
    (note,) = compared(head(RESULT), before(RESULT)).findings
    assert note.severity is Severity.NOTE


def test_a_skip_is_an_error_even_if_the_base_has_it() -> None:
    skipped = a_result(outcome=PolicyOutcome.SKIPPED)
    found = compared(head(skipped), before(skipped))
    assert found.results[0].status == "unchanged"
    assert has_errors(found.findings)


def test_a_result_of_the_base_that_is_gone_is_fixed() -> None:
    found = compared(head(), before(RESULT))
    assert (found.fixed, found.base) == ((RESULT,), BASE)
    assert compared(head(RESULT), before(RESULT)).fixed == ()
    assert compared(head(a_result(digest=OTHER)), before(RESULT)).fixed == ()
    assert compared(head(WAIVED), before(RESULT)).fixed == ()
    # Nothing counted it, so nothing is fixed: the waiver is reported as unneeded.
    assert compared(head(), before(WAIVED)).fixed == ()


def test_each_property_is_fixed_alone() -> None:
    other = a_result(digest=OTHER, detail="PolicyDocument/Statement/1")
    assert compared(head(other), before(DETAILED, other)).fixed == (DETAILED,)
    assert compared(head(RESULT), before(DETAILED)).fixed == ()
    assert compared(head(DETAILED), before(RESULT)).fixed == ()
    assert compared(head(DETAILED), before(a_result(), is_exact=False)).fixed == ()


def test_a_result_of_a_removed_policy_is_not_fixed() -> None:
    assert compared(head(known="CKV_AWS_26"), before(RESULT)).fixed == ()


@pytest.mark.parametrize("environment", ["prod", ""])
def test_nothing_is_fixed_by_an_incomplete_scan(environment: str) -> None:
    problem = a_finding(rule="scan-assembly", environment=environment)
    assert compared(head(problems=[problem]), before(RESULT)).fixed == ()


@pytest.mark.parametrize(
    "rule", ["scan-incomplete", "scan-log", "severity-unlisted", "waiver-malformed"]
)
def test_what_makes_a_scan_incomplete_stays_an_error(rule: str) -> None:
    problem = a_finding(rule=rule, environment="prod")
    base = before(affected=False, problems=[problem])
    assert compared(head(problems=[problem]), base).problems == (problem,)


@pytest.mark.parametrize(
    ("environment", "affected", "expected"),
    [
        ("prod", True, Severity.ERROR),
        ("prod", False, Severity.NOTE),
        ("dev", True, Severity.NOTE),
        ("", True, Severity.ERROR),
        ("", False, Severity.NOTE),
    ],
)
def test_an_expired_waiver_is_an_error_where_an_environment_is_affected(
    environment: str, affected: bool, expected: Severity
) -> None:
    problem = a_finding(rule="waiver-expired", environment=environment)
    base = before(affected=affected, problems=[problem])
    (found,) = compared(head(problems=[problem]), base).problems
    assert found.severity is expected


def test_another_problem_is_a_note_if_the_base_has_it_too() -> None:
    problem = a_finding(rule="waiver-unmatched")
    worse = a_finding(rule="waiver-unmatched", message="of another resource")
    warning = a_finding(rule="waiver-expires-soon", severity=Severity.WARNING)
    now = head(problems=[problem, worse, warning])
    found = compared(now, before(problems=[problem, warning])).problems
    assert [each.severity for each in found] == [Severity.NOTE, Severity.ERROR, Severity.WARNING]


def test_everything_is_unchanged_against_a_base_that_is_the_same() -> None:
    problem = a_finding(rule="monthly-limit-exceeded")
    now = head(RESULT, a_result(policy="CKV_AWS_26", waiver=a_waiver()), problems=[problem])
    found = compared(now, BaseEnvironment(scan=of_head(now, "prod"), affected=False))
    assert {each.status for each in found.results} == {"unchanged"}
    assert not has_errors(found.findings)
    assert found.fixed == ()


def test_a_new_problem_of_one_environment_stays_an_error_beside_one_that_is_unchanged() -> None:
    own = a_finding(rule="monthly-limit-exceeded", environment="dev")
    new = a_finding(rule="monthly-limit-exceeded", environment="prod")
    general = a_finding(rule="waiver-unmatched", environment="")
    now = replace(
        head(problems=[own, new, general]),
        environments=(ScannedEnvironment(name="dev"), ScannedEnvironment(name="prod")),
    )
    unchanged = BaseEnvironment(scan=of_head(now, "dev"), affected=False)
    found = compare(now, BASE, {"dev": unchanged, "prod": before()}).problems
    assert [each.severity for each in found] == [Severity.NOTE, Severity.ERROR, Severity.ERROR]
