"""Render findings as annotations of a GitHub Actions run.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from catalog_platform.findings import Finding, Location, Severity, Sources, sort_unique, visible
from catalog_platform.plural import plural

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
# GitHub shows the first ten of a step, and fifty of a job.
# https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
PER_COMMAND = 10
ALL = "the same command without `--format github` lists all"


@dataclass(frozen=True, slots=True)
class Annotation:
    """An annotation of a line; `message` can have several lines."""

    severity: Severity
    location: Location
    title: str
    message: str

    def __str__(self) -> str:
        """Return the workflow command, with text from manifests escaped."""
        properties = {
            "file": visible(self.location.file),
            "line": str(self.location.line),
            "col": str(self.location.column),
            "title": self.title,
        }
        attributes = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        return f"::{COMMANDS[self.severity]} {attributes}::{_data(self.message)}\n"


def render(findings: Iterable[Finding], sources: Sources) -> str:
    """Return a workflow command per finding, as many as GitHub shows."""
    return limited([annotation_of(finding, sources) for finding in sort_unique(findings)])


def limited(annotations: Sequence[Annotation]) -> str:
    """Return the first annotations of each severity, as many as GitHub shows of a step.

    If some are left out, the last notice has their number, and says where all of them are.
    """
    groups = {
        severity: [each for each in annotations if each.severity is severity]
        for severity in Severity
    }
    is_complete = all(len(group) <= PER_COMMAND for group in groups.values())
    limits = dict.fromkeys(Severity, PER_COMMAND)
    if not is_complete:
        limits[Severity.NOTE] -= 1
    text = "".join(
        str(each) for severity, group in groups.items() for each in group[: limits[severity]]
    )
    if is_complete:
        return text
    left = [
        plural(len(group) - limits[severity], COMMANDS[severity])
        for severity, group in groups.items()
        if len(group) > limits[severity]
    ]
    message = f"{', '.join(left)} not shown: GitHub shows {PER_COMMAND} of each per step; {ALL}"
    return f"{text}::notice title=More findings::{_data(message)}\n"


def across_environments(found: Iterable[tuple[Annotation, str]]) -> Iterator[Annotation]:
    """Yield annotations, given with their environments, each once with the names of all of them."""
    groups: dict[Annotation, list[str]] = {}
    for annotation, name in found:
        groups.setdefault(annotation, []).append(name)
    for annotation, names in groups.items():
        every = ", ".join(dict.fromkeys(names))
        yield replace(annotation, message=f"{annotation.message}\nenvironments: {every}")


def annotation_of(finding: Finding, sources: Sources) -> Annotation:
    """Return the annotation of a finding, with its hint and the link to its rule."""
    message = f"{finding.path}: {finding.message}" if finding.path else finding.message
    if finding.hint:
        message += f"\nhint: {finding.hint}"
    page = sources.rule_link(finding.rule)
    if page:
        message += f"\ndocs: {page}"
    return Annotation(finding.severity, finding.location, finding.rule, message)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
