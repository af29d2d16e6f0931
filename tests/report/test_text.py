from __future__ import annotations

from catalog_platform.findings import Excerpt, Location, Severity
from catalog_platform.report import text
from support.manifests import SOURCES, FixedSources, a_finding


def test_a_finding_shows_its_line_with_a_caret_the_hint_and_the_page():
    assert text.render([a_finding()], SOURCES) == (
        "environments/prod.yaml:12:3: network.nat_gateways: 9 is above the allowed range, 0 to 6"
        " [out-of-range]\n"
        "    12 |   nat_gateways: 9\n"
        "       |   ^\n"
        "    hint: use 3\n"
        "    docs: docs/rules.md#out-of-range\n"
        "1 error\n"
    )


def test_warnings_have_a_label():
    shown = text.render([a_finding(severity=Severity.WARNING, path="", hint="")], SOURCES)
    assert shown.startswith("environments/prod.yaml:12:3: warning: 9 is above")
    assert shown.endswith("1 warning\n")


def test_a_finding_in_the_defaults_names_the_environment_that_shows_it():
    shown = text.render([a_finding(location=Location("environments/defaults.yaml", 3))], SOURCES)
    assert "(seen in prod)" in shown


def test_findings_are_ordered_by_location_and_counted():
    findings = [a_finding(location=Location("b", 2)), a_finding(location=Location("a", 9))]
    findings.append(a_finding(location=Location("b", 1), severity=Severity.NOTE))
    lines = [line for line in text.render(findings, SOURCES).splitlines() if line[0] != " "]
    assert [line[:5] for line in lines[:3]] == ["a:9:1", "b:1:1", "b:2:1"]
    assert lines[-1] == "2 errors, 1 note"


def test_the_caret_is_below_its_character_after_wide_characters():
    shown = text.render([a_finding()], FixedSources(Excerpt("名: x", 3)))
    assert "    12 | 名: x\n       |     ^\n" in shown


def test_a_finding_without_a_line_to_show_has_no_caret():
    assert "^" not in text.render([a_finding()], FixedSources(None))


def test_without_findings_the_text_is_no_findings():
    assert text.render([], SOURCES) == "no findings\n"
