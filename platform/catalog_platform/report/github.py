"""Render findings as annotations of a GitHub Actions run.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable

from catalog_platform.findings import Finding, Severity, Sources, sort_unique

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(findings: Iterable[Finding], sources: Sources) -> str:
    """Return a workflow command per finding; text from a manifest is escaped."""
    return "".join(_annotation(finding, sources) for finding in sort_unique(findings))


def _annotation(finding: Finding, sources: Sources) -> str:
    where = finding.location
    properties = {
        "file": where.file,
        "line": str(where.line),
        "col": str(where.column),
        "title": finding.rule,
    }
    attributes = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    message = f"{finding.path}: {finding.message}" if finding.path else finding.message
    if finding.hint:
        message += f"\nhint: {finding.hint}"
    page = sources.rule_link(finding.rule)
    if page:
        message += f"\ndocs: {page}"
    return f"::{COMMANDS[finding.severity]} {attributes}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
