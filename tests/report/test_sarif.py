from __future__ import annotations

import json

from catalog_platform.findings import Location, Severity
from catalog_platform.report import sarif
from support.manifests import SOURCES, FixedSources, a_finding


def run_of(*findings, sources=SOURCES):
    log = json.loads(sarif.render(findings, sources))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def fingerprints(*findings):
    return [result["partialFingerprints"]["finding/v1"] for result in run_of(*findings)["results"]]


def test_a_result_points_at_its_rule_and_place():
    run = run_of(a_finding(), a_finding(rule="cycle", location=Location("a file.yaml", 4)))
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    first = run["results"][0]["locations"][0]["physicalLocation"]
    assert first["artifactLocation"]["uri"] == "a%20file.yaml"
    snippet = {"text": "  nat_gateways: 9"}
    assert first["region"] == {"startLine": 4, "startColumn": 1, "snippet": snippet}


def test_a_rule_that_has_a_page_links_to_it():
    (rule,) = run_of(a_finding())["tool"]["driver"]["rules"]
    assert rule["help"]["markdown"] == (
        "See [docs/rules.md#out-of-range](docs/rules.md#out-of-range)."
    )
    (other,) = run_of(a_finding(), sources=FixedSources(rule_page=""))["tool"]["driver"]["rules"]
    assert "help" not in other


def test_severities_are_the_levels_of_the_format():
    run = run_of(*(a_finding(severity=each, message=each.value) for each in Severity))
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}


def test_a_finding_stays_the_same_alert_when_lines_are_added_above_it():
    moved = a_finding(location=Location("environments/prod.yaml", 99, 7))
    assert fingerprints(a_finding()) == fingerprints(moved)


def test_different_findings_are_different_alerts():
    assert len(set(fingerprints(a_finding(), a_finding(path="x"), a_finding(rule="y")))) == 3
    twice = fingerprints(a_finding(), a_finding(location=Location("environments/prod.yaml", 50)))
    assert len(set(twice)) == 2


def test_no_findings_are_a_run_without_results():
    assert run_of()["results"] == []
