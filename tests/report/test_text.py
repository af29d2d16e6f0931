from __future__ import annotations

from catalog_platform.findings import Location, Severity
from catalog_platform.report import text
from support.manifests import a_finding


def test_a_finding_is_one_line_with_its_hint_below():
    assert text.render([a_finding()]) == (
        "environments/prod.yaml:12:3: network.nat_gateways: 9 is above the allowed range, 0 to 6"
        " [out-of-range]\n"
        "    hint: use 3\n"
        "1 error\n"
    )


def test_what_is_not_an_error_says_so():
    shown = text.render([a_finding(severity=Severity.WARNING, path="", hint="")])
    assert shown.startswith("environments/prod.yaml:12:3: warning: 9 is above")
    assert shown.endswith("1 warning\n")


def test_a_finding_in_the_defaults_names_the_environment_that_shows_it():
    shown = text.render([a_finding(location=Location("environments/defaults.yaml", 3))])
    assert "(seen in prod)" in shown


def test_findings_come_in_the_order_of_their_places_and_are_counted():
    findings = [a_finding(location=Location("b", 2)), a_finding(location=Location("a", 9))]
    findings.append(a_finding(location=Location("b", 1), severity=Severity.NOTE))
    lines = [line for line in text.render(findings).splitlines() if "hint" not in line]
    assert [line[:5] for line in lines[:3]] == ["a:9:1", "b:1:1", "b:2:1"]
    assert lines[-1] == "2 errors, 1 note"


def test_no_findings_are_said_to_be_none():
    assert text.render([]) == "no findings\n"
