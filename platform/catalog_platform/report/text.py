"""Findings for a person at a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath

from catalog_platform.findings import Finding, Severity, ordered


def render(findings: Iterable[Finding]) -> str:
    """A line per finding, `file:line:column: path: message`, its hint below, a count at the end.

    Errors need no label; warnings and notes carry one, so that it is clear what stops a command.
    """
    shown = ordered(findings)
    return "".join(_finding(finding) for finding in shown) + summary(shown) + "\n"


def summary(findings: Iterable[Finding]) -> str:
    """How many findings of each severity there are: `2 errors, 1 warning`."""
    counted = Counter(finding.severity for finding in findings)
    parts = [
        _plural(counted[severity], severity.value) for severity in Severity if counted[severity]
    ]
    return ", ".join(parts) or "no findings"


def _plural(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _finding(finding: Finding) -> str:
    label = "" if finding.severity is Severity.ERROR else f"{finding.severity.value}: "
    path = f"{finding.path}: " if finding.path else ""
    line = f"{finding.location}: {label}{path}{finding.message} [{finding.rule}]{_seen(finding)}\n"
    return line + (f"    hint: {finding.hint}\n" if finding.hint else "")


def _seen(finding: Finding) -> str:
    """In which environment, when the file alone does not say so."""
    is_own = PurePosixPath(finding.location.file).stem == finding.environment
    return "" if is_own or not finding.environment else f" (seen in {finding.environment})"
