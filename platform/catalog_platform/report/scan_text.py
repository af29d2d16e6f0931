"""Render a scan as text, for a terminal."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator

from catalog_platform.findings import Severity, Sources, sort_unique
from catalog_platform.plural import plural
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.report import base_policies, scan_counts, scan_order, text


def render(result: ScanResult, sources: Sources, today: datetime.date) -> str:
    """Return the scan: findings with the new and severe first, problems, waived, fixed, counts.

    A finding has its place, excerpt, hint and causes. A waived result is one line below its
    waiver, which has the days that are left from `today` on.
    """
    groups = scan_order.across_environments(scan_order.failing(result))
    blocks = ["".join(_finding(each, sources) for each in groups)]
    blocks.append(text.render_findings(sort_unique(scan_order.problems(result)), sources))
    blocks.append("".join(_waived(result, today)))
    blocks.append("".join(_fixed(result)))
    blocks.append(text.summary(sort_unique(result.findings)) + "\n" + "".join(_compared(result)))
    if result.environments:
        blocks.append(scan_counts.table(result))
    return "\n".join(block for block in blocks if block)


def _finding(group: tuple[PolicyResult, ...], sources: Sources) -> str:
    result = group[0]
    finding = result.finding
    if finding is None:  # it is waived
        return ""
    label = "" if finding.severity is Severity.ERROR else f"{finding.severity.value}: "
    what = ", ".join(filter(None, (result.severity.value, result.status, *scan_order.names(group))))
    line = (
        f"{finding.location}: {label}{scan_order.subject(result)}: {finding.message}"
        f" [{finding.rule}] ({what})\n"
    )
    below = [*text.excerpt(finding.location, sources)]
    below += [f"key: {result.key}"] if result.key else []
    below += [f"built at: {result.source}"] if result.source else []
    for cause in result.causes:
        below.append(f"because: {cause.location}: {cause.key or 'code'}")
    below += [*text.advice(finding, sources)]
    return line + "".join(f"    {each}\n" for each in below)


def _waived(result: ScanResult, today: datetime.date) -> Iterator[str]:
    for waiver, results in scan_order.waived(result):
        left = scan_order.left(waiver, today)
        ticket = f", {waiver.ticket}" if waiver.ticket else ""
        yield f"waived until {waiver.expires} ({left}): {waiver.id}, {waiver.owner}{ticket}\n"
        covered: dict[tuple[str, str, str], list[str]] = {}
        for each in results:
            same = (scan_order.subject(each), each.policy, each.severity.value)
            covered.setdefault(same, []).append(each.environment)
        for (subject, policy, severity), names in covered.items():
            yield f"    {subject} [{policy}] ({severity}, {', '.join(names)})\n"


def _fixed(result: ScanResult) -> Iterator[str]:
    for group in scan_order.across_environments(scan_order.ordered(result.fixed)):
        each, names = group[0], ", ".join(scan_order.names(group))
        yield f"fixed: {scan_order.subject(each)}: {each.message} [{each.policy}] ({names})\n"


def _compared(result: ScanResult) -> Iterator[str]:
    if result.base is None:
        return
    found = Counter(each.status for each in scan_order.failing(result))
    yield (
        f"compared with {result.base.reference} ({result.base.commit[:12]}): {found['new']} new,"
        f" {found['unchanged']} unchanged, {len(result.fixed)} fixed,"
        f" {plural(sum(each.waiver is not None for each in result.results), 'waived', 'waived')}\n"
    )
    if result.base.policies:
        yield f"{base_policies.sentence(result.base.reference)}\n"
