from __future__ import annotations

from catalog_platform.findings import Location, Severity
from catalog_platform.report import github
from support.manifests import SOURCES, a_finding


def test_a_finding_is_an_annotation_at_its_line():
    assert github.render([a_finding()], SOURCES) == (
        "::error file=environments/prod.yaml,line=12,col=3,title=out-of-range::"
        "network.nat_gateways: 9 is above the allowed range, 0 to 6%0Ahint: use 3%0A"
        "docs: docs/rules.md#out-of-range\n"
    )


def test_warnings_and_notes_have_commands_of_their_own():
    shown = github.render(
        [a_finding(severity=Severity.WARNING), a_finding(severity=Severity.NOTE)], SOURCES
    )
    assert sorted(line.split()[0] for line in shown.splitlines()) == ["::notice", "::warning"]


def test_a_message_cannot_start_another_command():
    hostile = a_finding(message="x\n::add-mask::y\r%0A::z", location=Location("a:b,c.yaml"))
    (line,) = github.render([hostile], SOURCES).splitlines()
    assert "file=a%3Ab%2Cc.yaml," in line
    assert "x%0A::add-mask::y%0D%250A::z" in line


def test_the_number_of_findings_that_github_does_not_show_is_said():
    many = [a_finding(message=str(number)) for number in range(12)]
    lines = github.render(many, SOURCES).splitlines()
    assert len(lines) == 11
    assert lines[-1] == (
        "::notice title=More findings::2 errors not shown: GitHub shows 10 of each per step; "
        "the same command without `--format github` lists all"
    )


def test_all_findings_are_shown_if_github_shows_them():
    many = [
        a_finding(message=str(number), severity=severity)
        for severity in Severity
        for number in range(10)
    ]
    assert len(github.render(many, SOURCES).splitlines()) == 30
