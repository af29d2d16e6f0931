from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import Severity
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waivers import EnvironmentFacts
from support import templates
from support.templates import QUEUE, python_policy, scan


def scanned(tmp_path: Path, severities: str, tier: str = "development") -> ScanResult:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(
        tmp_path / "policies", severities=severities, rule_py=python_policy()
    )
    return scan(assembly, policies, known=[EnvironmentFacts("dev", tier, "aws")])


@pytest.mark.parametrize(
    ("tier", "errors"),
    [
        ("production", {"critical", "high", "medium", "low"}),
        ("development", {"critical", "high", "medium"}),
        ("", {"critical", "high", "medium", "low", "info"}),
    ],
)
@pytest.mark.parametrize("severity", PolicySeverity)
def test_a_policy_is_an_error_from_the_threshold_of_the_tier_on(
    severity: PolicySeverity, tier: str, errors: set[str], tmp_path: Path
) -> None:
    table = templates.severities(OUR_1=severity.value)
    (result,) = scanned(tmp_path, table, tier).results
    assert result.severity is severity
    assert result.finding is not None
    is_error = result.finding.severity is Severity.ERROR
    assert is_error == (severity.value in errors)


def test_a_policy_that_is_not_listed_is_an_error_of_its_own_and_critical(tmp_path: Path) -> None:
    result = scanned(tmp_path, templates.severities())
    (unlisted,) = result.problems
    assert (unlisted.rule, unlisted.severity) == ("severity-unlisted", Severity.ERROR)
    assert unlisted.message.startswith("OUR_1 ran and has no severity")
    assert [each.severity for each in result.results] == [PolicySeverity.CRITICAL]


THRESHOLDS = "thresholds: {production: low, staging: low, development: low}\n"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("[OUR_1]", 1, "must be a mapping with the keys thresholds, policies"),
        ("policies: {", 1, ""),
        ("", 1, "must be a mapping"),
        (THRESHOLDS, 1, "must be a mapping with the keys"),
        (THRESHOLDS + "policies: []", 2, "policies: must be a mapping"),
        (THRESHOLDS + "policies:\n  OUR_1: low", 3, "OUR_1: must be a mapping, not 'low'"),
        (THRESHOLDS + "policies:\n  OUR_1: {severity: grave, reason: x, source: x}", 3, "'grave'"),
        (THRESHOLDS + "policies:\n  OUR_1: {severity: low, source: x}", 3, "reason: must be text"),
        (THRESHOLDS + "policies:\n  OUR_1: {severity: low, reason: x, source: x, a: 1}", 3, "'a'"),
        (
            THRESHOLDS + "policies:\n  OUR_1: {severity: low, reason: x, source: x, key: []}",
            3,
            "key: must be a manifest key, a list of them, or none, not []",
        ),
        (THRESHOLDS + "policies:\n  OUR_77: {severity: low, reason: x, source: x}", 3, "OUR_77"),
        ("thresholds: {production: low}\npolicies: {}", 1, "the tier 'staging' is missing"),
        (THRESHOLDS.replace("}", ", test: low}") + "policies: {}", 1, "'test' is not a tier"),
        (THRESHOLDS.replace("low}", "1}") + "policies: {}", 1, "1 is not a severity"),
    ],
)
def test_an_error_in_the_table_is_a_finding_and_the_policy_still_an_error(
    text: str, line: int, message: str, tmp_path: Path
) -> None:
    findings = scanned(tmp_path, text).findings
    wrong = [each for each in findings if each.rule == "severity-malformed"]
    assert any(message in each.message for each in wrong), wrong
    assert {str(each.location) for each in wrong} == {f"policies/severities.yaml:{line}:1"}
    (failed,) = (each for each in findings if each.rule == "OUR_1")
    assert failed.severity is Severity.ERROR


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    assembly = templates.assembly(tmp_path / "out", dev={"Queue": QUEUE})
    policies = templates.policies(tmp_path / "policies", rule_py=python_policy())
    (policies / "severities.yaml").unlink()
    (missing,) = (e for e in scan(assembly, policies).problems if e.rule == "severity-malformed")
    assert missing.message == "cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("", ()),
        (", key: none", ()),
        (", key: archive.retention_days", ("archive.retention_days",)),
        (", key: [a.b, c.d]", ("a.b", "c.d")),
    ],
)
def test_the_manifest_keys_that_fix_a_violation_are_optional(
    key: str, keys: tuple[str, ...], tmp_path: Path
) -> None:
    row = f"OUR_1: {{severity: low, reason: x, source: x{key}}}"
    (tmp_path / "severities.yaml").write_text(f"{THRESHOLDS}policies:\n  {row}")
    assert Severities(tmp_path).policies["OUR_1"].keys == keys
