"""The plan as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from catalog_platform.plan import values
from catalog_platform.plan.model import Change, EnvironmentPlan, Plan, Property
from catalog_platform.plural import plural

ROWS = 40
WIDTH = 60


def render(plan: Plan) -> str:
    """Return the plan: one block per environment, its changes with the worst first."""
    lines = [f"compared with {plan.base.ref} ({plan.base.commit[:10]})"]
    for environment in plan.environments:
        lines += ["", *_environment(environment)]
    return "\n".join(lines) + "\n"


def _environment(environment: EnvironmentPlan) -> Iterator[str]:
    rows = [*environment.stack_changes, *environment.changes]
    count = f": {plural(len(rows), 'change')}, {environment.verdict}" if rows else ""
    yield f"{environment.environment}: {environment.status}{count}"
    if environment.findings is not UNSET:
        for finding in environment.findings:
            yield f"  {finding.side}: {finding.file}:{finding.line}: {finding.message}"
    for key in environment.keys:
        old, new = (_value(each) for each in (key.old, key.new))
        yield f"  {key.file}:{key.line}: {key.key}: {old} → {new}"
    for row in rows[:ROWS]:
        yield from _change(row)
    if len(rows) > ROWS:
        yield f"  … {plural(len(rows) - ROWS, 'more change')}, none worse"


def _change(change: Change) -> Iterator[str]:
    yield f"  {change.verdict:<12} {change.action:<7} {change.resource} ({change.type})"
    if change.verdict != "safe":
        yield f"  {'':<12} {change.explanation}"
    for each in change.properties:
        yield f"  {'':<12} {each.path}: {_values(each)}"
    for cause in change.because:
        what = ", ".join(cause.files) if cause.files is not UNSET else str(cause.key)
        yield f"  {'':<12} because {cause.file}:{cause.line}: {what}"


def _values(change: Property) -> str:
    if change.folded is True:
        return "changes"
    return f"{_value(change.old)} → {_value(change.new)}"


def _value(value: object) -> str:
    text = "(unset)" if value is UNSET else values.text(value)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
