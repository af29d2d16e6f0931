"""Findings for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable

from catalog_platform.findings import Finding, ordered


def render(findings: Iterable[Finding]) -> str:
    """`{"findings": […]}`, every key always present, in the order of the places."""
    return (
        json.dumps({"findings": [_finding(finding) for finding in ordered(findings)]}, indent=2)
        + "\n"
    )


def _finding(finding: Finding) -> dict[str, str | int]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "path": finding.path,
        "environment": finding.environment,
        "file": finding.location.file,
        "line": finding.location.line,
        "column": finding.location.column,
        "excerpt": finding.excerpt.line if finding.excerpt else "",
        "documentation": finding.documentation,
    }
