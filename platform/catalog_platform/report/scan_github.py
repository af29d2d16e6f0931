"""Render a scan as annotations of a GitHub Actions run."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Finding, Location, Severity, Sources, sort_unique
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.report import base_policies
from catalog_platform.report.github import (
    Annotation,
    across_environments,
    annotation_of,
    limited,
)

POLICIES = Location("policies/severities.yaml")


def render(result: ScanResult, sources: Sources) -> str:
    """Return a workflow command for each problem and result without a waiver.

    The most severe come first, and new results before others, because GitHub shows only some.
    Results that differ only in the environment are one annotation.
    """
    return limited(annotations_of(result, sources))


def annotations_of(result: ScanResult, sources: Sources) -> list[Annotation]:
    """Return all annotations."""
    problems = (annotation_of(each, sources) for each in sort_unique(result.problems))
    found = [*problems, *across_environments(_of_results(result, sources))]
    if result.base is not None and result.base.policies:
        text = base_policies.sentence(result.base.reference)
        found.insert(0, Annotation(Severity.NOTE, POLICIES, "policies-from-base", text))
    return found


def _of_results(result: ScanResult, sources: Sources) -> Iterator[tuple[Annotation, str]]:
    for each in sorted(result.results, key=_order):
        if (finding := each.finding) is not None:
            yield _of_result(each, finding, sources), each.environment


def _order(result: PolicyResult) -> tuple[object, ...]:
    return (result.severity.rank, result.status == "unchanged", result.location, result.policy)


def _of_result(result: PolicyResult, finding: Finding, sources: Sources) -> Annotation:
    subject = f"{result.resource}[{result.detail}]" if result.detail else result.resource
    lines = [f"{subject}: {finding.message}"]
    if result.key:
        lines.append(f"decided by: {result.key}")
    if result.source is not None:
        lines.append(f"made in: {result.source.file}:{result.source.line}")
    lines += [
        f"caused by: {each.key or 'the code'} at {each.location.file}:{each.location.line}"
        for each in result.causes
    ]
    if finding.hint:
        lines.append(f"hint: {finding.hint}")
    if page := sources.rule_link(finding.rule):
        lines.append(f"docs: {page}")
    title = f"{result.policy} ({result.severity.value})"
    return Annotation(finding.severity, finding.location, title, "\n".join(lines))
