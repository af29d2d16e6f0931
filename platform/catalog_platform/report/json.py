"""Render findings as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable

from catalog_platform.findings import Finding, Sources, sort_unique


def render(findings: Iterable[Finding], sources: Sources) -> str:
    """Return `{"findings": […]}` in the order of the locations, each with every key."""
    return (
        json.dumps(
            {"findings": [_finding(finding, sources) for finding in sort_unique(findings)]},
            indent=2,
        )
        + "\n"
    )


def _finding(finding: Finding, sources: Sources) -> dict[str, str | int]:
    excerpt = sources.excerpt(finding.location)
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
        "excerpt": excerpt.line if excerpt else "",
        "documentation": sources.rule_link(finding.rule),
    }
