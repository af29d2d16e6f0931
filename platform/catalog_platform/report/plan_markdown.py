"""The plan as Markdown for a comment on a pull request."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import UNSET

from catalog_platform.plan import values
from catalog_platform.plan.model import Because, Change, EnvironmentPlan, Plan, Property
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plural import plural
from catalog_platform.report import base_policies, plan_account, plan_cost, plan_mermaid
from catalog_platform.report.markup import code, escaped

# A comment finds its earlier version by this line.
MARKER = "<!-- catalogctl plan -->"
# https://github.com/orgs/community/discussions/41331
LIMIT = 65_536
# Safe changes with the same cause are one row when there are more than these.
FEW = 3
PROPERTIES = 6
HEAD = "| verdict | change | what happens | because |\n|---|---|---|---|\n"


def render(plan: Plan, limit: int = LIMIT) -> str:
    """Return the plan within `limit` characters; what doesn't fit is counted, the harmless first.

    One table has all environments, and one fold per environment that isn't unchanged its changes,
    with a diagram of those that touch each other.
    """
    names = [each.environment for each in plan.environments]
    foot = _foot(plan, names)
    text = f"{MARKER}\n### Plan: {_counted(plan)}\n\n{_judge(plan)}{_table(plan, limit // 2)}"
    shown = [
        each
        for each in plan.environments
        if each.status != "unchanged" or each.account is not UNSET
    ]
    shown.sort(key=lambda each: -_rank(each))
    for at, environment in enumerate(shown):
        room = limit - len(text) - len(foot) - 400
        fold = _fold(environment, room)
        if not fold:
            left = ", ".join(escaped(each.environment) for each in shown[at:])
            text += f"\n**Not shown, because a comment is limited:** {left[:300]}\n"
            break
        text += fold
    return text + foot


def _counted(plan: Plan) -> str:
    statuses = Counter(each.status for each in plan.environments)
    parts = [f"{number} {status}" for status, number in statuses.items()]
    blocking = sum(each.blocking for env in plan.environments for each in _rows(env))
    warning = f" · **{plural(blocking, 'change')} to acknowledge or correct**" if blocking else ""
    return f"{', '.join(parts) or 'no environments'}{warning}"


def _judge(plan: Plan) -> str:
    if plan.base.policies is UNSET:
        return ""
    text = base_policies.sentence(code(plan.base.ref))
    return f"**Note:** {text}. An acknowledgement counts once the base has it.\n\n"


def _table(plan: Plan, limit: int) -> str:
    text = "| environment | status | verdict | changes | monthly cost |\n|---|---|---|---|--:|\n"
    ordered = sorted(plan.environments, key=lambda each: -_rank(each))
    for at, each in enumerate(ordered):
        verdict = "" if each.status in ("unchanged", "unknown") else _word(each.verdict)
        former = f" from {escaped(each.from_)}" if each.from_ is not UNSET else ""
        status = "**unknown**" if each.status == "unknown" else f"{each.status}{former}"
        cost = "" if each.cost is UNSET else plan_cost.difference(each.cost)
        count = len(_rows(each)) or ""
        row = f"| {escaped(each.environment)} | {status} | {verdict} | {count} | {cost} |\n"
        if len(text) + len(row) > limit:
            return f"{text}\n{plural(len(ordered) - at, 'more environment')}, none worse.\n"
        text += row
    return text


def _fold(environment: EnvironmentPlan, room: int) -> str:
    """Return the fold of an environment in at most `room` characters; empty without room."""
    rows = sorted(
        _rows(environment),
        key=lambda row: (-Verdict(row.verdict).rank, row.action, row.group, row.resource),
    )
    counts = Counter(row.verdict for row in rows)
    words = ", ".join(
        f"{counts[v.value]} {v.value}" for v in reversed([*Verdict]) if counts[v.value]
    )
    head = (
        f"\n<details><summary><b>{escaped(environment.environment)}</b>: {environment.status}"
        f"{': ' if words else ''}{words}</summary>\n\n"
    )
    tail = "\n</details>\n"
    text = head + "".join(_findings(environment)) + plan_account.markdown(environment)
    if environment.cost is not UNSET:
        text += f"Cost: {escaped(plan_cost.sentence(environment.cost))}\n\n"
    text += HEAD if rows else ""
    if len(text) + len(tail) > room:
        return ""
    groups = [
        list(group)
        for _, group in itertools.groupby(rows, lambda row: (row.verdict, row.action, row.group))
    ]
    lines = [line for group in groups for line in _group(group)]
    for at, line in enumerate(lines):
        more = f"\n{plural(len(lines) - at, 'more row')}, none worse: see the command below.\n"
        if len(text) + len(line) + len(more) + len(tail) > room:
            return text + more + tail
        text += line
    diagram = plan_mermaid.diagram(rows)
    fits = diagram and len(text) + len(diagram) + len(tail) < room
    return text + (f"\n{diagram}" if fits else "") + tail


def _findings(environment: EnvironmentPlan) -> Iterator[str]:
    if environment.findings is UNSET:
        return
    for each in environment.findings:
        yield f"- {each.side}: {code(f'{each.file}:{each.line}')} {escaped(each.message)}\n"
    yield "\n"


def _group(rows: Sequence[Change]) -> Iterator[str]:
    first = rows[0]
    if len(rows) > FEW and first.verdict == "safe":
        paths = dict.fromkeys(each.path for row in rows for each in row.properties)
        shown = ", ".join(code(path) for path in itertools.islice(paths, FEW))
        what = f"{first.action} {plural(len(rows), 'resource')}"
        yield f"| {_word('safe')} | {what} | {shown} | {_causes(first.because)} |\n"
        return
    for row in rows:
        what = f"{row.action} {code(row.resource)}<br>{escaped(row.type)}"
        parts = [escaped(row.explanation)] if row.verdict != "safe" else []
        parts += [_property(each) for each in row.properties[:PROPERTIES]]
        if len(row.properties) > PROPERTIES:
            parts.append(f"{len(row.properties) - PROPERTIES} more")
        if row.acknowledgement is not UNSET:
            entry = row.acknowledgement
            parts.append(f"acknowledged by {escaped(entry.owner)}: {escaped(entry.reason)}")
        happens = "<br>".join(parts)
        yield f"| {_word(row.verdict)} | {what} | {happens} | {_causes(row.because)} |\n"


def _property(change: Property) -> str:
    if change.folded is True:
        return f"{code(change.path)} changes"
    old, new = (
        "unset" if each is UNSET else values.text(each) for each in (change.old, change.new)
    )
    return f"{code(change.path)}: {code(old)} → {code(new)}"


def _causes(because: Sequence[Because]) -> str:
    return "<br>".join(
        code(f"{each.file}:{each.line}")
        + (f" {code(each.key)}" if each.key is not UNSET else " code")
        for each in because
    )


def _word(verdict: str) -> str:
    return f"**{verdict}**" if Verdict(verdict).blocks else verdict


def _rows(environment: EnvironmentPlan) -> list[Change]:
    return [*environment.stack_changes, *environment.changes]


def _rank(environment: EnvironmentPlan) -> int:
    """Return the order of environments: unknown ones first, then by verdict."""
    unchanged, unknown = environment.status == "unchanged", environment.status == "unknown"
    return -1 if unchanged else 99 if unknown else Verdict(environment.verdict).rank


def _foot(plan: Plan, names: Sequence[str]) -> str:
    chosen = "" if len(names) != 1 else f" {names[0]}"
    account = any(each.account is not UNSET for each in plan.environments)
    judged = " --scan --policies-from-base" if plan.base.policies is not UNSET else ""
    options = f"{judged}{' --against aws' * account}"
    command = f"catalogctl plan{chosen} --base {plan.base.commit[:12]}{options}"
    return f"\nTo see this on your machine: {code(command)}\n"
