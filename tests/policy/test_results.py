from __future__ import annotations

import pytest

from catalog_platform.findings import Severity
from catalog_platform.policy.results import CheckCount, Counts, ScannedEnvironment, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome
from support.manifests import a_finding
from support.results import a_result, a_waiver

INFO = PolicySeverity.INFO


def test_a_waived_result_is_no_finding() -> None:
    assert a_result(waiver=a_waiver()).finding is None


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, Severity.ERROR),
        ({"status": "new"}, Severity.ERROR),
        ({"status": "unchanged"}, Severity.NOTE),
        ({"severity": INFO}, Severity.WARNING),
        ({"severity": INFO, "threshold": INFO}, Severity.ERROR),
        ({"severity": INFO, "outcome": PolicyOutcome.SKIPPED}, Severity.ERROR),
    ],
)
def test_a_result_is_an_error_from_the_threshold_on_unless_the_base_has_it(
    changes: dict[str, object], severity: Severity
) -> None:
    finding = a_result(**changes).finding
    assert finding is not None
    assert finding.severity is severity


def test_the_same_result_has_the_same_identity_on_another_line() -> None:
    moved = a_result(location=a_finding().location, digest="sha256:1", status="new")
    assert moved.identity == a_result().identity
    assert a_result(detail="Tags/0").identity != moved.identity


def test_problems_of_an_environment_count_as_failed() -> None:
    scan = ScanResult(
        environments=(ScannedEnvironment(name="prod"), ScannedEnvironment(name="dev")),
        checks=(
            CheckCount(
                environment="prod",
                section="stream",
                policy="P",
                severity=INFO,
                passed=3,
                failed=2,
                waived=1,
            ),
        ),
        problems=(a_finding(environment="prod"), a_finding(environment="")),
    )
    assert scan.counts == {"prod": Counts(passed=3, failed=3, waived=1), "dev": Counts()}


def test_findings_are_those_of_results_and_problems_by_location() -> None:
    problem = a_finding()
    scan = ScanResult(results=(a_result(), a_result(waiver=a_waiver())), problems=(problem,))
    assert set(scan.findings) == {problem, a_result().finding}


@pytest.mark.parametrize(
    ("wrong", "together", "each"),
    [
        ([], ("prod", "dev"), ("prod", "dev")),
        (["dev"], (), ("prod",)),
        (["dev", "prod"], (), ()),
        ([""], (), ()),
    ],
)
def test_the_environments_that_pass_are_those_without_an_error(
    wrong: list[str], together: tuple[str, ...], each: tuple[str, ...]
) -> None:
    warning = a_finding(environment="prod", severity=Severity.WARNING)
    scan = ScanResult(
        environments=(ScannedEnvironment(name="prod"), ScannedEnvironment(name="dev")),
        problems=(warning, *(a_finding(environment=name) for name in wrong)),
    )
    assert scan.passed() == together
    assert scan.passed(each=True) == each
