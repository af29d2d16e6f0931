"""Findings for a person at a terminal."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from catalog_platform.findings import Finding, Severity, Sources, ordered


def render(findings: Iterable[Finding], sources: Sources) -> str:
    """`file:line:column: path: message`, the line with a caret, the hint; a count at the end.

    Errors need no label; warnings and notes carry one, so that it is clear what stops a command.
    """
    shown = ordered(findings)
    return part(shown, sources) + summary(shown) + "\n"


def part(findings: Iterable[Finding], sources: Sources) -> str:
    """Findings as they come, without the count."""
    return "".join(_finding(finding, sources) for finding in findings)


def summary(findings: Iterable[Finding]) -> str:
    """How many findings of each severity there are: `2 errors, 1 warning`."""
    counted = Counter(finding.severity for finding in findings)
    parts = [
        _plural(counted[severity], severity.value) for severity in Severity if counted[severity]
    ]
    return ", ".join(parts) or "no findings"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding(finding: Finding, sources: Sources) -> str:
    label = "" if finding.severity is Severity.ERROR else f"{finding.severity.value}: "
    path = f"{finding.path}: " if finding.path else ""
    line = f"{finding.location}: {label}{path}{finding.message} [{finding.rule}]{_seen(finding)}\n"
    below = [*_pointed(finding, sources)]
    below += [f"hint: {finding.hint}"] if finding.hint else []
    page = sources.page(finding.rule)
    below += [f"docs: {page}"] if page else []
    return line + "".join(f"    {each}\n" for each in below)


def _pointed(finding: Finding, sources: Sources) -> Iterator[str]:
    """The line that somebody wrote, and a caret below the place."""
    excerpt = sources.excerpt(finding.location)
    if excerpt is None:
        return
    number, before = str(finding.location.line), excerpt.line[: excerpt.caret]
    yield f"{number} | {excerpt.line}"
    yield f"{' ' * len(number)} | {' ' * sum(map(_cells, before))}^"


def _cells(character: str) -> int:
    """How wide a terminal shows it."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _seen(finding: Finding) -> str:
    """In which environment, when the file alone does not say so."""
    is_own = PurePosixPath(finding.location.file).stem == finding.environment
    return "" if is_own or not finding.environment else f" (seen in {finding.environment})"
