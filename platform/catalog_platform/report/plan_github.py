"""Render what fails a plan as annotations of a GitHub Actions run."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from catalog_platform.findings import Location, Severity
from catalog_platform.plan.model import Change, EnvironmentPlan, Plan
from catalog_platform.report.github import Annotation, across_environments, limited

ACKNOWLEDGE = (
    "hint: correct it, or acknowledge it: catalogctl acknowledge ENV --reason … --owner … --write"
)


# The waivers of the base count.
ON_BASE = "hint: correct it; an acknowledgement counts once the base has it, not in the same change"


def render(plan: Plan) -> str:
    """Return a workflow command for each change to acknowledge, and for why one isn't known."""
    return limited(annotations_of(plan))


def annotations_of(plan: Plan) -> list[Annotation]:
    """Return the annotations; one of several environments is at the line that causes it."""
    hint = ACKNOWLEDGE if plan.base.policies is UNSET else ON_BASE
    return list(across_environments(each for one in plan.environments for each in _of(one, hint)))


def _of(environment: EnvironmentPlan, hint: str) -> Iterator[tuple[Annotation, str]]:
    name = environment.environment
    for each in [] if environment.findings is UNSET else environment.findings:
        message = f"the base has an error: {each.message}" if each.side == "base" else each.message
        at = Location(each.file, each.line)
        yield Annotation(Severity.ERROR, at, each.rule, message), name
    for change in (*environment.stack_changes, *environment.changes):
        if change.blocking:
            yield _of_change(change, name, hint), name


def _of_change(change: Change, name: str, hint: str) -> Annotation:
    # A line of the base may be another one in the working tree.
    places = [Location(each.file, each.line) for each in change.because if each.side == "head"]
    lines = [f"{change.resource}: {change.explanation}"]
    lines += [f"caused by: {each.key}" for each in change.because if each.key is not UNSET]
    if change.verdict != "rejected":
        lines.append(hint)
    if change.source:
        lines.append(f"docs: {change.source}")
    return Annotation(
        Severity.ERROR,
        places[0] if places else Location(f"environments/{name}.yaml"),
        f"{change.action} ({change.verdict})",
        "\n".join(lines),
    )
