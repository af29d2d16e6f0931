"""What the HTML page of a scan shows: counts, findings, waivers, trend and evidence, in bounds."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalog_platform.findings import Finding, Severity, Sources, sort_unique
from catalog_platform.plural import plural
from catalog_platform.policy.history import RecordedEnvironment, ScanRecord
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.report import scan_counts, scan_evidence, scan_order, trend_chart
from catalog_platform.report.count_tables import CountRow, CountTable, added, by_key, tables
from catalog_platform.report.scan_context import ScanContext
from catalog_platform.report.scan_counts import EnvironmentCounts
from catalog_platform.report.scan_evidence import Framework
from catalog_platform.report.trend_chart import Chart

# Findings that a browser shows at once, and rows of one table.
FINDINGS = 1_000
ROWS = 1_000
# A waiver is urgent, or ends soon, with this number of days left.
URGENT, SOON = 7, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A finding, and its results in the environments where it is the same."""

    anchor: str
    result: PolicyResult
    results: tuple[PolicyResult, ...]
    is_error: bool
    excerpt: str
    documentation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverRow:
    """A waiver with the results that it covers; `tone` is the colour of its days left."""

    waiver: Waiver
    left: str
    tone: str
    results: tuple[PolicyResult, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendTable:
    """The records of an environment, the last one first."""

    environment: str
    rows: tuple[tuple[ScanRecord, RecordedEnvironment], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All parts of the page.

    `summary` counts the findings; `left_out` is how many of them the page has no room for.
    """

    environments: tuple[EnvironmentCounts, ...]
    templates: dict[str, str]
    errors: int
    by_severity: tuple[CountTable, ...]
    by_section: tuple[CountTable, ...]
    summary: str
    found: tuple[FoundRow, ...]
    left_out: int
    problems: tuple[Finding, ...]
    waivers: tuple[WaiverRow, ...]
    fixed: tuple[PolicyResult, ...]
    charts: tuple[Chart, ...]
    trend: tuple[TrendTable, ...]
    frameworks: tuple[Framework, ...]
    policies: tuple[CountTable, ...]
    anchors: dict[str, str]


def page(result: ScanResult, sources: Sources, context: ScanContext) -> Page:
    """Return the page of a scan."""
    names = [each.name for each in result.environments]
    groups = scan_order.across_environments(scan_order.failing(result))
    records = context.history.records[-trend_chart.MAXIMUM :]
    return Page(
        environments=tuple(scan_counts.counts(result)),
        templates={each.name: each.template for each in result.environments},
        errors=sum(each.severity is Severity.ERROR for each in sort_unique(result.findings)),
        by_severity=_by_severity(result, names),
        by_section=_by_section(result, names),
        summary=_summary([each[0] for each in groups]),
        found=tuple(_found(at, each, sources) for at, each in enumerate(groups[:FINDINGS])),
        left_out=max(0, len(groups) - FINDINGS),
        problems=tuple(scan_order.problems(result)),
        waivers=tuple(_waivers(result, context.today)),
        fixed=tuple(scan_order.ordered(result.fixed)),
        charts=trend_chart.charts(records, names),
        trend=tuple(_trend(records, names)),
        frameworks=scan_evidence.frameworks(result, context, names),
        policies=scan_evidence.policies(result, context, names),
        anchors=scan_evidence.anchors(result),
    )


def _by_severity(result: ScanResult, names: Sequence[str]) -> tuple[CountTable, ...]:
    found = by_key(result.checks, lambda each: each.severity.value)

    def rows(shown: Sequence[str]) -> Iterator[CountRow]:
        for severity in PolicySeverity:
            yield CountRow(
                name=severity.value,
                severity=severity.value,
                cells=tuple(found.get((name, severity.value)) for name in shown),
            )
        yield CountRow(
            name="all",
            cells=tuple(
                added(found.get((name, each.value)) for each in PolicySeverity) for name in shown
            ),
        )

    return tables("Policies by severity", "severity", names, rows)


def _by_section(result: ScanResult, names: Sequence[str]) -> tuple[CountTable, ...]:
    found = by_key(result.checks, lambda each: each.section)
    sections = sorted({each.section for each in result.checks})

    def rows(shown: Sequence[str]) -> Iterator[CountRow]:
        for section in sections:
            yield CountRow(
                name=section or "outside of a section",
                cells=tuple(found.get((name, section)) for name in shown),
            )

    return tables("Policies by section of the manifest", "section", names, rows)


def _summary(found: Sequence[PolicyResult]) -> str:
    """Return the number of findings, such as `3 findings: 1 high, 2 low; 1 of them is new`."""
    if not found:
        return ""
    numbers = Counter(each.severity for each in found)
    parts = ", ".join(f"{numbers[each]} {each.value}" for each in PolicySeverity if numbers[each])
    new = sum(each.status == "new" for each in found)
    news = f"; {new} of them {'is' if new == 1 else 'are'} new" if new else ""
    return f"{plural(len(found), 'finding')}: {parts}{news}"


def _found(at: int, results: tuple[PolicyResult, ...], sources: Sources) -> FoundRow:
    first = results[0]
    finding = first.finding
    excerpt = sources.excerpt(first.location)
    return FoundRow(
        anchor=f"finding-{at}",
        result=first,
        results=results,
        is_error=finding is not None and finding.severity is Severity.ERROR,
        excerpt=excerpt.line if excerpt else "",
        documentation=sources.rule_link(first.policy),
    )


def _waivers(result: ScanResult, today: datetime.date) -> Iterator[WaiverRow]:
    for waiver, results in scan_order.waived(result):
        days = scan_order.days_left(waiver, today)
        yield WaiverRow(
            waiver=waiver,
            left=scan_order.left(waiver, today),
            tone="bad" if days <= URGENT else "warn" if days <= SOON else "good",
            results=tuple(results),
        )


def _trend(records: Sequence[ScanRecord], names: Sequence[str]) -> Iterator[TrendTable]:
    for name in names:
        rows = [
            (each, each.environments[name])
            for each in reversed(records)
            if name in each.environments
        ]
        if rows:
            yield TrendTable(environment=name, rows=tuple(rows))
