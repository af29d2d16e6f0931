from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import Severity
from catalog_platform.policy.verdicts import ScanResult
from support import templates
from support.templates import QUEUE, python_policy, scan


def scanned(tmp_path: Path, severities: str) -> ScanResult:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(
        tmp_path / "policies", severities=severities, rule_py=python_policy()
    )
    return scan(assembly, policies)


@pytest.mark.parametrize("severity", Severity)
def test_the_severity_of_a_policy_is_the_one_that_is_listed(
    severity: Severity, tmp_path: Path
) -> None:
    (finding,) = scanned(tmp_path, f"OUR_1: {severity.value}").findings
    assert (finding.rule, finding.severity) == ("OUR_1", severity)


@pytest.mark.parametrize("severities", ["# nothing is listed\n", "CKV_AWS_18: warning", ""])
def test_a_policy_that_is_not_listed_is_an_error(severities: str, tmp_path: Path) -> None:
    (finding,) = scanned(tmp_path, severities).findings
    assert finding.severity is Severity.ERROR


@pytest.mark.parametrize(
    ("severities", "line"),
    [("OUR_1: low", 1), ("\nOUR_1: [note]", 2), ("[OUR_1]", 1), ("OUR_1: note\nOUR_1: note", 2),
     ("# a slip\nOUR_11: note", 2), ("OUR_1: {", 1)],
)  # fmt: skip
def test_an_error_in_the_severities_is_a_finding_and_changes_no_other_severity(
    severities: str, line: int, tmp_path: Path
) -> None:
    found = {finding.rule: finding for finding in scanned(tmp_path, severities).findings}
    assert str(found["severity-malformed"].location) == f"policies/severities.yaml:{line}:1"
    assert found["OUR_1"].severity is Severity.ERROR
