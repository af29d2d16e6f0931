"""The scan as Markdown."""

from __future__ import annotations

import datetime
import re

import pytest

from catalog_platform.findings import Severity
from catalog_platform.policy.results import ScanBase, ScannedEnvironment, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report.scan_markdown import LIMIT, MARKER, render
from support.results import a_result, a_waiver
from support.scans import DEV, PROD, a_context, a_problem, full_scan, hostile_scan

CONTEXT = a_context()


def test_it_starts_with_the_counts_and_a_table_of_the_environments() -> None:
    text = render(full_scan(), CONTEXT)
    assert text.startswith(
        f"{MARKER}\n### Policies: **1 error** · 2 other findings · 1 new · 2 waived · 1 fixed\n"
    )
    assert "| <code>prod</code> | 3 | 1 | · | 1 | · | · | · | 1 | 1 | 1 |\n" in text
    assert "Commit <code>222222222222</code>, compared with <code>origin/main</code>" in text


def test_new_findings_and_problems_are_tables_and_the_others_folds() -> None:
    text = render(full_scan(), CONTEXT)
    new = text.index("**New compared with <code>origin/main</code>**")
    assert (
        new
        < text.index("**critical** <code>CKV&#95;AWS&#95;17</code>")
        < text.index("**Problems**")
    )
    assert text.index("**Problems**") < text.index("<details>")
    assert re.findall(r"<details( open)?><summary><b>(\w+)</b>: ([^<]*)", text) == [
        ("", "medium", "1 finding"),
        ("", "waived", "2, the next until 2030-06-30 (5 days left)"),
        ("", "fixed", "1 finding"),
    ]


def test_a_waived_result_has_waiver_owner_ticket_days_and_reason() -> None:
    (row,) = [each for each in render(full_scan(), CONTEXT).splitlines() if "days left |" in each]
    for part in ("queue-without-encryption", "catalog-team", "CAT-12", "5 days left", "no data of"):
        assert part in row
    assert "in <code>dev</code>, <code>prod</code>" in row


def test_without_a_base_findings_are_folds_by_severity_and_errors_are_open() -> None:
    results = (
        a_result(severity=PolicySeverity.HIGH),
        a_result(policy="B", severity=PolicySeverity.INFO),
    )
    text = render(ScanResult(environments=(PROD,), results=results), CONTEXT)
    assert re.findall(r"<details( open)?><summary><b>(\w+)", text) == [
        (" open", "high"),
        ("", "info"),
    ]
    assert "new" not in text.partition("\n\n")[0]
    assert text.rstrip().endswith("```\ncatalogctl scan prod\n```")


def test_a_comparison_without_new_findings_says_so() -> None:
    base = ScanBase(reference="main", commit="1" * 40)
    text = render(ScanResult(environments=(PROD, DEV), base=base), CONTEXT)
    assert "### Policies: no errors · 0 new · 0 waived · 0 fixed" in text
    assert "No finding is new compared with <code>main</code>." in text
    assert text.rstrip().endswith("```\ncatalogctl scan --base 111111111111\n```")


HOSTILE = (
    "</details><script>alert(1)</script>",
    "a | b | c",
    "`x` ```",
    "@team/owners",
    "#12",
    "\n\n# Title\n- [ ] x",
    "![x](https://e.example/x.png)",
    "<!-- catalogctl plan -->",
    "\u202e\x1b[31m",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_text_in_every_place_stays_text(hostile: str) -> None:
    text, calm = render(hostile_scan(hostile), CONTEXT), render(hostile_scan("x"), CONTEXT)
    for mark in ("<details", "</details>", "<script", "`", "@", "|", "\n", "# ", "<!--", "![", "["):
        assert text.count(mark) == calm.count(mark), mark
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", text)


def _many(number: int, length: int) -> ScanResult:
    results = [
        a_result(
            policy=f"P{at}",
            message="<" * length,
            resource="&" * length,
            hint="|" * length,
            environment=f"e{at % 50}",
            status=("new", "unchanged", "")[at % 3],
            severity=[*PolicySeverity][at % 5],
            waiver=a_waiver(id=f"w{at}") if at % 7 == 0 else None,
        )
        for at in range(number)
    ]
    return ScanResult(
        environments=tuple(ScannedEnvironment(name=f"e{at}") for at in range(number // 4)),
        results=tuple(results),
        problems=tuple(
            a_problem(message=f"{at}{'`' * length}", severity=Severity.ERROR)
            for at in range(number)
        ),
        base=ScanBase(reference="r" * length, commit="1" * 40),
        fixed=tuple(results),
    )


@pytest.mark.parametrize(("number", "length"), [(4000, 5), (700, 5000)])
def test_a_large_scan_is_cut_and_every_part_is_still_there(number: int, length: int) -> None:
    text = render(_many(number, length), CONTEXT)
    assert LIMIT - 8000 < len(text) <= LIMIT
    assert text.count("<details") == text.count("</details>")
    assert text.count("more rows not shown.** `catalogctl scan --out DIR` writes all to") > 5
    for title in ("New compared", "Problems", "<b>critical</b>", "<b>waived</b>", "<b>fixed</b>"):
        assert title in text
    assert "e0" in text
    assert text.rstrip().endswith("```")


def test_the_most_severe_of_many_findings_is_kept() -> None:
    many = [a_result(policy=f"P{at}", severity=PolicySeverity.LOW) for at in range(3000)]
    worst = a_result(policy="Worst", severity=PolicySeverity.CRITICAL)
    text = render(ScanResult(environments=(PROD,), results=(*many, worst)), CONTEXT)
    assert "<code>Worst</code>" in text


def test_it_names_the_time_of_the_scan() -> None:
    time = datetime.datetime(2031, 1, 2, 3, 4, tzinfo=datetime.UTC)
    found = ScanResult(environments=(DEV,))
    assert "2031-01-02 03:04 UTC" in render(found, a_context(time=time, commit=""))


def test_it_says_that_nothing_was_scanned() -> None:
    assert render(ScanResult(), CONTEXT) == (
        f"{MARKER}\n### Policies: nothing to scan\n\n"
        "No environment differs from the base, so no policy was applied.\n"
    )
