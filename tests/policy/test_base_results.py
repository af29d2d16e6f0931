"""The reports of the base's own version, of this form and of the earlier one."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest

from catalog_platform.findings import Location
from catalog_platform.policy import base_results
from catalog_platform.policy.results import CheckCount, ScannedEnvironment, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report import json as findings_json
from catalog_platform.report import scan_json
from support.manifests import SOURCES, a_finding
from support.results import a_result, a_waiver

TODAY = datetime.date(2030, 2, 1)
HEAD = ScanResult(known_policies=frozenset({"CKV_AWS_27"}))


def a_scan() -> ScanResult:
    return ScanResult(
        environments=(ScannedEnvironment(name="prod"), ScannedEnvironment(name="dev")),
        results=(
            a_result(digest="sha256:1", detail="Rules/0"),
            a_result(policy="CKV_AWS_26", waiver=a_waiver()),
            a_result(policy="CKV_AWS_25", severity=PolicySeverity.INFO),
            a_result(environment="dev"),
        ),
        checks=tuple(
            CheckCount(
                environment=environment, section="", policy=policy, severity=PolicySeverity.LOW
            )
            for environment, policy in [("prod", "CKV_AWS_1"), ("dev", "CKV_AWS_2")]
        ),
        problems=(a_finding(rule="waiver-unmatched", message="unneeded", environment="prod"),),
    )


def test_a_report_is_read_under_the_environment_s_name_of_today() -> None:
    text = scan_json.render(a_scan(), SOURCES, TODAY)
    found = base_results.read(text, "prod", "shop", HEAD)
    assert [(each.result.policy, each.waived, each.blocking) for each in found.results] == [
        ("CKV_AWS_27", False, True),
        ("CKV_AWS_26", True, False),
        ("CKV_AWS_25", False, False),
    ]
    first = found.results[0].result
    assert first.identity == ("shop", "CKV_AWS_27", "DeadLetters/Queue/Resource", "Rules/0")
    assert (first.digest, first.location) == (
        "sha256:1",
        Location("environments/prod.yaml", 7, 1),
    )
    assert found.policies == {"CKV_AWS_1"}
    assert {(key[0], key[1]) for key in found.problems} == {("waiver-unmatched", "shop")}


def test_a_report_of_the_earlier_form_has_results_without_value_and_property() -> None:
    text = earlier(
        a_finding(rule="CKV_AWS_27", path="DeadLetters/Queue/Resource", environment="prod"),
        a_finding(rule="CKV_AWS_27", path="Stream/Queue", environment="dev"),
        a_finding(rule="waiver-expired", message="expired"),
    )
    found = base_results.read(text, "prod", "prod", HEAD)
    (only,) = found.results
    assert not found.has_waived
    assert only.result.identity == ("prod", "CKV_AWS_27", "DeadLetters/Queue/Resource", "")
    assert (only.is_exact, only.waived, only.blocking) == (False, False, True)
    assert [key[0] for key in found.problems] == ["waiver-expired"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "another form"),
        ("{}", "another form"),
        ('{"findings": [], "environments": {}}', "no results of prod"),
        ('{"findings": [], "environments": []}', "another form"),
        ('{"findings": [{"rule": 1}], "environments": {"prod": {}}}', "another form"),
        ("no JSON", "Expecting value"),
    ],
)
def test_another_report_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        base_results.read(text, "prod", "prod", HEAD)


def test_an_environment_that_was_not_scanned_is_refused() -> None:
    text = scan_json.render(a_scan(), SOURCES, TODAY)
    with pytest.raises(ValueError, match="no results of staging"):
        base_results.read(text, "staging", "staging", HEAD)


def test_keys_that_a_version_has_in_addition_or_lacks_do_not_prevent_the_comparison() -> None:
    content = json.loads(scan_json.render(a_scan(), SOURCES, TODAY))
    content |= {"schema_version": 9, "posture": {}}
    for each in content["results"]:
        each["remediation"] = "later"
        for key in ("causes", "paths", "hint", "logical_id", "type", "section"):
            del each[key]
    text = json.dumps(content)
    assert len(base_results.read(text, "prod", "prod", HEAD).results) == 3


def earlier(*findings: Any) -> str:
    content = json.loads(findings_json.render(findings, SOURCES))
    counts = {"passed": 1, "failed": 1, "waived": 0}
    return json.dumps(content | {"environments": {"prod": counts, "dev": counts}})
