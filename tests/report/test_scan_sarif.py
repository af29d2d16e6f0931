from __future__ import annotations

import datetime
import json

import pytest

from catalog_platform.findings import Location, Severity
from catalog_platform.policy.results import Cause, ScanBase, ScannedEnvironment, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.verdicts import PolicyOutcome
from catalog_platform.report import sarif, scan_sarif
from support.manifests import FixedSources, a_finding
from support.results import a_result, a_waiver
from support.sarif import check

SOURCES = FixedSources(rule_page="")
BASE = ScanBase(reference="main", commit="abc")
CODE = Location("platform/catalog_platform/infra/dead_letters.py", 61, 13)


def run_of(*results, **fields):
    log = json.loads(scan_sarif.render(ScanResult(results=results, **fields), SOURCES))
    check(log)
    (run,) = log["runs"]
    return run


def prints(*results):
    return [each["partialFingerprints"]["result/v1"] for each in run_of(*results)["results"]]


def test_a_log_with_everything_is_valid():
    rich = a_result(
        detail="Name",
        key="dead_letters.enabled",
        source=CODE,
        hint="https://docs.example.com/27",
        causes=(Cause(kind="code", location=CODE),),
        status="new",
    )
    skipped = a_result(outcome=PolicyOutcome.SKIPPED, status="unchanged")
    run = run_of(
        rich,
        skipped,
        a_result(waiver=a_waiver(), status="unchanged", resource="Other"),
        problems=(a_finding(), a_finding(rule="scan-incomplete", severity=Severity.WARNING)),
        base=BASE,
        fixed=(a_result(resource="Gone"),),
    )
    assert len(run["results"]) == 6
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_a_run_without_anything_to_scan_is_valid_and_successful():
    run = run_of()
    assert (run["results"], run["invocations"]) == ([], [{"executionSuccessful": True}])


@pytest.mark.parametrize(
    ("rule", "environments", "successful"),
    [
        ("scan-incomplete", ["prod"], False),
        ("scan-policy", ["prod"], False),
        ("scan-assembly", ["prod"], False),
        ("scan-unevaluated", ["prod"], False),
        ("waiver-unmatched", ["prod"], True),
        ("type-change", [], False),  # a manifest's error, so that nothing was scanned
    ],
)
def test_a_run_is_successful_only_if_all_was_scanned(rule, environments, successful):
    scanned = tuple(ScannedEnvironment(name=each) for each in environments)
    run = run_of(problems=(a_finding(rule=rule),), environments=scanned)
    assert run["invocations"] == [{"executionSuccessful": successful}]


def test_the_log_of_findings_is_valid():
    check(json.loads(sarif.render([a_finding()], SOURCES)))


def test_a_result_keeps_its_fingerprint_when_lines_move_or_another_key_decides_it():
    moved = a_result(
        location=Location("environments/defaults.yaml", 99, 3),
        key="dead_letters.enabled",
        source=CODE,
        message="another wording",
        severity=PolicySeverity.LOW,
        hint="another hint",
        logical_id="DeadLettersQueueABC",
        digest="sha256:1",
    )
    assert prints(a_result()) == prints(moved)
    (found,) = run_of(a_result())["results"]
    assert found["partialFingerprints"]["primaryLocationLineHash"] == prints(a_result())[0]


@pytest.mark.parametrize(
    "other",
    [
        {"policy": "CKV_AWS_1"},
        {"environment": "dev"},
        {"resource": "X"},
        {"detail": "X"},
        {"outcome": PolicyOutcome.SKIPPED},
    ],
)
def test_other_results_have_other_fingerprints(other):
    assert prints(a_result()) != prints(a_result(**other))


def test_equal_results_are_told_apart():
    assert len(set(prints(a_result(), a_result(message="b")))) == 2


@pytest.mark.parametrize(
    ("severity", "score"),
    [
        (PolicySeverity.CRITICAL, "9.5"),
        (PolicySeverity.HIGH, "8.0"),
        (PolicySeverity.MEDIUM, "5.5"),
        (PolicySeverity.LOW, "2.0"),
        (PolicySeverity.INFO, None),
    ],
)
def test_a_rule_has_the_score_of_our_severity(severity, score):
    (rule,) = run_of(a_result(severity=severity))["tool"]["driver"]["rules"]
    properties = rule["properties"]
    assert properties["severity"] == severity.value
    assert properties.get("security-severity") == score


def test_a_rule_has_the_worst_severity_of_its_results_and_a_link():
    low = a_result(severity=PolicySeverity.LOW)
    (rule,) = run_of(low, a_result(hint="https://docs.example.com/27"))["tool"]["driver"]["rules"]
    assert rule["properties"]["severity"] == "high"
    (rule,) = run_of(a_result(hint="see it at https://docs.example.com/27"))["tool"]["driver"][
        "rules"
    ]
    assert rule["helpUri"] == "https://docs.example.com/27"
    (rule,) = run_of(a_result(hint="encrypt it"))["tool"]["driver"]["rules"]
    assert "helpUri" not in rule
    assert "policies/README.md" in rule["help"]["text"]


def test_a_result_names_construct_key_and_the_code_that_makes_it():
    (found,) = run_of(a_result(key="dead_letters.enabled", source=CODE))["results"]
    (location,) = found["locations"]
    assert (
        location["logicalLocations"][0]["fullyQualifiedName"] == "prod/DeadLetters/Queue/Resource"
    )
    assert "Decided by: dead_letters.enabled" in found["message"]["text"]
    (related,) = found["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == CODE.file
    assert related["physicalLocation"]["region"]["startLine"] == 61


def test_a_waived_result_is_suppressed_with_reason_owner_and_last_day():
    waiver = a_waiver(expires=datetime.date(2030, 6, 30))
    open_, waived = run_of(a_result(), a_result(waiver=waiver, resource="A"))["results"]
    assert open_["suppressions"] == []
    assert waived["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "The queue holds no data of customers. (waiver "
            "queue-without-encryption, owner catalog-team, until 2030-06-30)",
        }
    ]
    assert waived["level"] == "error"


def test_states_are_those_against_the_base():
    new, old = a_result(status="new"), a_result(status="unchanged", resource="Old")
    run = run_of(new, old, base=BASE, fixed=(a_result(resource="Gone"),))
    states = {
        each["properties"]["resource"].partition("/")[0]: each["baselineState"]
        for each in run["results"]
    }
    assert states == {"DeadLetters": "new", "Old": "unchanged", "Gone": "absent"}
    assert "baselineState" not in run_of(a_result())["results"][0]


def test_more_results_than_are_accepted_are_cut_by_severity_and_said(monkeypatch):
    monkeypatch.setattr(scan_sarif, "MAXIMUM_RESULTS", 3)
    severities = [PolicySeverity.LOW, PolicySeverity.CRITICAL, PolicySeverity.HIGH]
    results = [a_result(severity=each, resource=each.value) for each in severities]
    results.append(a_result(severity=PolicySeverity.CRITICAL, waiver=a_waiver(), resource="W"))
    run = run_of(*results, problems=(a_finding(),))
    kept = [each["properties"].get("resource", "problem") for each in run["results"]]
    assert kept == ["problem", "critical", "high"]
    (notification,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notification["message"]["text"].startswith("2 of 5 results are left out")
    assert notification["level"] == "warning"


def test_a_log_is_not_larger_than_what_is_accepted(monkeypatch):
    monkeypatch.setattr(scan_sarif, "MAXIMUM_BYTES", 20_000)
    results = [a_result(resource=f"R{number}/{hash(number * 7919)}") for number in range(2000)]
    text = scan_sarif.render(ScanResult(results=tuple(results)), SOURCES)
    run = run_of(*results)
    assert 20 < len(run["results"]) < 2000
    assert scan_sarif._packed(text) <= 20_000
    assert "toolExecutionNotifications" in run["invocations"][0]
