"""The scan as Markdown, for the summary of a run and for a comment on a pull request."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from catalog_platform.findings import Finding, Severity, has_errors, sort_unique
from catalog_platform.plural import plural
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report import base_policies, scan_counts, scan_order
from catalog_platform.report.markdown_sections import Section, fitting
from catalog_platform.report.markup import code, escaped
from catalog_platform.report.scan_context import ScanContext

# A comment finds its earlier version by this line.
MARKER = "<!-- catalogctl scan -->"
NOTHING = "No environment differs from the base, so no policy was applied.\n"
# https://github.com/orgs/community/discussions/41331
LIMIT = 65_536
MESSAGE = 200
RESULTS = ("finding", "resource", "where", "environments")
SHOWN_CAUSES = 3
SHOWN_NAMES = 8


def render(result: ScanResult, context: ScanContext, limit: int = LIMIT) -> str:
    """Return the scan within `limit` characters; each cut table says how many rows are left out.

    New findings and problems are tables, the other findings a fold per severity, which is open if
    one is an error. What is waived and what is fixed are folds.
    """
    if result == ScanResult():
        return f"{MARKER}\n### Policies: nothing to scan\n\n{NOTHING}"
    head = f"{MARKER}\n### Policies: {_counted(result)}\n\n{_versions(result, context)}"
    foot = _foot(result)
    sections = [_environments(result), *_failing(result), *_others(result, context)]
    rest = f"`catalogctl scan --out DIR` writes all to {code('scan.html')}."
    return head + fitting(sections, limit - len(head) - len(foot), rest) + foot


def _counted(result: ScanResult) -> str:
    findings = sort_unique(result.findings)
    errors = sum(each.severity is Severity.ERROR for each in findings)
    found = scan_order.failing(result)
    parts = [f"**{plural(errors, 'error')}**" if errors else "no errors"]
    parts += [plural(len(findings) - errors, "other finding")] if len(findings) > errors else []
    parts += [f"{sum(each.status == 'new' for each in found)} new"] if result.base else []
    parts += [f"{sum(each.waiver is not None for each in result.results)} waived"]
    parts += [f"{len(result.fixed)} fixed"] if result.base else []
    return " · ".join(parts)


def _versions(result: ScanResult, context: ScanContext) -> str:
    changes = "" if context.clean else " with local changes"
    text = f"Commit {code(context.commit[:12] or 'unknown')}{changes}"
    if result.base is not None:
        base = result.base
        text += f", compared with {code(base.reference)} ({code(base.commit[:12])})"
    text += f", {context.time:%Y-%m-%d %H:%M} UTC.\n"
    if result.base is not None and result.base.policies:
        text += f"\n**Note:** {base_policies.sentence(code(result.base.reference))}.\n"
    return text


def _environments(result: ScanResult) -> Section:
    compared = result.base is not None
    rows = sorted(scan_counts.counts(result), key=lambda each: -each.errors)
    return Section(
        title="",
        columns=("environment", *scan_counts.HEAD, *(("new", "fixed") if compared else ())),
        numbers=True,
        rows=[
            (
                code(each.environment.name),
                *map(_number, each.row),
                *((_number(each.new), _number(each.fixed)) if compared else ()),
            )
            for each in rows
        ],
    )


def _number(value: int) -> str:
    return str(value) if value else "·"


def _failing(result: ScanResult) -> Iterator[Section]:
    """Yield the new findings, the problems, and the other findings by severity."""
    found = scan_order.failing(result)
    new = [each for each in found if each.status == "new"]
    rows = [_result(each) for each in scan_order.across_environments(new)]
    if result.base is not None:
        name = code(result.base.reference)
        none = "" if rows else f"No finding is new compared with {name}."
        yield Section(
            title=f"New compared with {name}" if rows else none, columns=RESULTS, rows=rows
        )
    if result.problems:
        columns = ("problem", "where", "environment")
        rows = [_problem(each) for each in scan_order.problems(result)]
        yield Section(title="Problems", columns=columns, rows=rows)
    others = [each for each in found if each.status != "new"]
    for severity, group in itertools.groupby(others, lambda each: each.severity):
        yield _severity(severity, list(group))


def _severity(severity: PolicySeverity, results: Sequence[PolicyResult]) -> Section:
    is_open = has_errors(each.finding for each in results if each.finding is not None)
    groups = scan_order.across_environments(results)
    return Section(
        title=f"<b>{severity.value}</b>: {plural(len(groups), 'finding')}",
        columns=RESULTS,
        rows=[_result(each) for each in groups],
        fold="open" if is_open else "closed",
    )


def _others(result: ScanResult, context: ScanContext) -> Iterator[Section]:
    """Yield what is waived, and what is fixed."""
    waived = scan_order.waived(result)
    if waived:
        number = sum(len(results) for _, results in waived)
        first = waived[0][0]
        yield Section(
            title=f"<b>waived</b>: {number}, the next until {first.expires}"
            f" ({scan_order.left(first, context.today)})",
            columns=("waived", "owner", "until", "reason"),
            rows=[
                (
                    "<br>".join([code(waiver.id), *_covered(results)]),
                    code(waiver.owner) + (f"<br>{escaped(waiver.ticket)}" * bool(waiver.ticket)),
                    f"{waiver.expires}<br>{scan_order.left(waiver, context.today)}",
                    _short(waiver.reason),
                )
                for waiver, results in waived
            ],
            fold="closed",
        )
    if result.fixed:
        groups = scan_order.across_environments(scan_order.ordered(result.fixed))
        yield Section(
            title=f"<b>fixed</b>: {plural(len(groups), 'finding')}",
            columns=RESULTS,
            rows=[_result(each, gone=True) for each in groups],
            fold="closed",
        )


def _covered(results: Sequence[PolicyResult]) -> Iterator[str]:
    """Yield each policy and resource, with the environments in which it is waived."""
    names: dict[tuple[str, str], list[str]] = {}
    for each in results:
        names.setdefault((each.policy, scan_order.subject(each)), []).append(each.environment)
    for (policy, subject), where in itertools.islice(names.items(), SHOWN_NAMES):
        yield f"{code(policy)} {code(subject)} in {_names(where)}"
    if len(names) > SHOWN_NAMES:
        yield f"and {len(names) - SHOWN_NAMES} more"


def _result(group: Sequence[PolicyResult], *, gone: bool = False) -> tuple[str, ...]:
    result = group[0]
    severity = result.severity.value
    finding = result.finding
    is_error = finding is not None and finding.severity is Severity.ERROR
    word = f"**{severity}**" if is_error and not gone else severity
    hint = f"<br>{_short(result.hint)}" if result.hint else ""
    where = [code(f"{result.location.file}:{result.location.line}")]
    where += [code(result.key)] if result.key else []
    for cause in result.causes[:SHOWN_CAUSES]:
        place = code(f"{cause.location.file}:{cause.location.line}")
        where.append(f"because {place} {code(cause.key) if cause.key else 'code'}")
    return (
        f"{word} {code(result.policy)}<br>{_short(result.message)}{hint}",
        code(scan_order.subject(result)),
        "<br>".join(where),
        _names(scan_order.names(group)),
    )


def _problem(finding: Finding) -> tuple[str, ...]:
    label = "**error**" if finding.severity is Severity.ERROR else finding.severity.value
    path = f"{code(finding.path)} " if finding.path else ""
    hint = f"<br>{_short(finding.hint)}" if finding.hint else ""
    return (
        f"{label} {code(finding.rule)}<br>{path}{_short(finding.message)}{hint}",
        code(f"{finding.location.file}:{finding.location.line}"),
        code(finding.environment) if finding.environment else "",
    )


def _names(names: Sequence[str]) -> str:
    unique = [*Counter(names)]
    more = f" and {len(unique) - SHOWN_NAMES} more" if len(unique) > SHOWN_NAMES else ""
    return ", ".join(map(code, unique[:SHOWN_NAMES])) + more


def _short(text: str) -> str:
    return escaped(text if len(text) <= MESSAGE else f"{text[: MESSAGE - 1]}…")


def _foot(result: ScanResult) -> str:
    names = [each.name for each in result.environments]
    chosen = f" {names[0]}" if len(names) == 1 else ""
    base = f" --base {result.base.commit[:12]}" if result.base is not None else ""
    base += " --policies-from-base" if result.base is not None and result.base.policies else ""
    command = f"catalogctl scan{_plain(chosen)}{_plain(base)}"
    return f"\nTo see this on your machine:\n\n```\n{command}\n```\n"


def _plain(text: str) -> str:
    """Return a text without characters that could end the block of code."""
    return "".join(each for each in text if each.isalnum() or each in " -_.")
