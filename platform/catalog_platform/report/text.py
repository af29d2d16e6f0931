"""Render findings as text, for a terminal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from catalog_platform.findings import Finding, Location, Severity, Sources, sort_unique, visible
from catalog_platform.plural import plural


def render(findings: Iterable[Finding], sources: Sources) -> str:
    """Return `file:line:column: path: message`, the line with a caret, hints, and a count.

    Warnings and notes have a label; errors, which fail the command, have none.
    """
    shown = sort_unique(findings)
    return render_findings(shown, sources) + summary(shown) + "\n"


def render_findings(findings: Iterable[Finding], sources: Sources) -> str:
    """Return the findings in the given order, without the count."""
    return "".join(_finding(finding, sources) for finding in findings)


def summary(findings: Iterable[Finding]) -> str:
    """Return the count of each severity, such as `2 errors, 1 warning`."""
    counted = Counter(finding.severity for finding in findings)
    parts = [
        plural(counted[severity], severity.value) for severity in Severity if counted[severity]
    ]
    return ", ".join(parts) or "no findings"


def _finding(finding: Finding, sources: Sources) -> str:
    label = "" if finding.severity is Severity.ERROR else f"{finding.severity.value}: "
    path = f"{finding.path}: " if finding.path else ""
    rule = f"[{finding.rule}]{_environment(finding)}"
    line = f"{finding.location}: {label}{path}{finding.message} {rule}\n"
    below = [*excerpt(finding.location, sources), *advice(finding, sources)]
    return line + "".join(f"    {each}\n" for each in below)


def advice(finding: Finding, sources: Sources) -> Iterator[str]:
    """Yield the hint of a finding, and the link to its rule."""
    if finding.hint:
        yield f"hint: {finding.hint}"
    if page := sources.rule_link(finding.rule):
        yield f"docs: {page}"


def excerpt(location: Location, sources: Sources) -> Iterator[str]:
    """Yield the source line at a location, and a caret below the column."""
    shown = sources.excerpt(location)
    if shown is None:
        return
    number, before = str(location.line), shown.line[: shown.caret]
    yield f"{number} | {shown.line}"
    yield f"{' ' * len(number)} | {' ' * sum(map(_cells, before))}^"


def _cells(character: str) -> int:
    """Return the width of a character in terminal columns."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _environment(finding: Finding) -> str:
    """Return the environment, unless the file name shows it."""
    is_own = PurePosixPath(finding.location.file).stem == finding.environment
    name = visible(finding.environment)
    return "" if is_own or not name else f" (seen in {name})"
