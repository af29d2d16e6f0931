"""The plan as text for a terminal."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from catalog_platform.plan import values
from catalog_platform.plan.model import Because, Change, EnvironmentPlan, Plan, Property
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plural import plural
from catalog_platform.report import base_policies, plan_account, plan_cost

WIDTH = 60
INDENT = " " * 15
# Safe changes with the same cause are one line when there are more than these.
FEW = 3


def render(plan: Plan) -> str:
    """Return the plan: one block per environment, its changes with the worst first."""
    head = f"the working tree ({plan.head.commit[:10]}{', with changes' * plan.head.dirty})"
    lines = [f"{head} compared with {plan.base.ref} ({plan.base.commit[:10]})"]
    if plan.base.policies is not UNSET:
        lines.append(base_policies.sentence(plan.base.ref))
    for environment in plan.environments:
        lines += ["", *_environment(environment)]
    return "\n".join(lines) + "\n"


def _environment(environment: EnvironmentPlan) -> Iterator[str]:
    rows = [*environment.stack_changes, *environment.changes]
    former = f" from {environment.from_}" if environment.from_ is not UNSET else ""
    yield f"{environment.environment}: {environment.status}{former}{_counted(rows)}"
    if environment.findings is not UNSET:
        for finding in environment.findings:
            yield f"  {finding.side}: {finding.file}:{finding.line}: {finding.message}"
    for key in environment.keys:
        old, new = (_value(each) for each in (key.old, key.new))
        where = f"{key.file}:{key.line}{' at the base' * (key.side == 'base')}"
        yield f"  {where}: {key.key}: {old} → {new}"
    if environment.cost is not UNSET:
        yield f"  cost: {plan_cost.sentence(environment.cost)}"
    rows.sort(key=lambda row: (-Verdict(row.verdict).rank, row.action, row.group, row.resource))
    for _, group in itertools.groupby(rows, lambda row: (row.verdict, row.action, row.group)):
        yield from _group(list(group))
    yield from plan_account.text(environment)


def _counted(rows: Sequence[Change]) -> str:
    if not rows:
        return ""
    found = Counter(row.verdict for row in rows)
    counts = [f"{found[v.value]} {v.value}" for v in reversed([*Verdict]) if found[v.value]]
    return f": {plural(len(rows), 'change')} ({', '.join(counts)})"


def _group(rows: list[Change]) -> Iterator[str]:
    first = rows[0]
    if len(rows) <= FEW or first.verdict != "safe":
        for row in rows:
            yield from _change(row)
        return
    paths = dict.fromkeys(each.path for row in rows for each in row.properties)
    shown = ", ".join(itertools.islice(paths, FEW)) + ", …" * (len(paths) > FEW)
    yield f"  {first.verdict:<12} {first.action:<7} {plural(len(rows), 'resource')}: {shown}"
    yield from _causes(first.because)


def _change(change: Change) -> Iterator[str]:
    yield f"  {change.verdict:<12} {change.action:<7} {change.resource} ({change.type})"
    if change.verdict != "safe":
        yield f"{INDENT}{change.explanation}"
    for each in change.properties:
        yield f"{INDENT}{each.path}: {_values(each)}"
    yield from _causes(change.because)
    if change.acknowledgement is not UNSET:
        entry = change.acknowledgement
        yield f"{INDENT}acknowledged by {entry.owner}: {entry.reason}"


def _causes(because: Sequence[Because]) -> Iterator[str]:
    for cause in because:
        what = ", ".join(cause.files) if cause.files is not UNSET else str(cause.key)
        where = f"{cause.file}:{cause.line}: " if cause.kind == "key" else "code: "
        yield f"{INDENT}because {where}{what}"


def _values(change: Property) -> str:
    if change.folded is True:
        return "changes"
    return f"{_value(change.old)} → {_value(change.new)}"


def _value(value: object) -> str:
    text = "(unset)" if value is UNSET else values.text(value)
    return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"
