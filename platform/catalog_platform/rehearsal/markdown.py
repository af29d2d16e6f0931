"""Render a rehearsal as Markdown: the verdict first, then the results of each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalog_platform.rehearsal.result import Rehearsal, StepResult
from catalog_platform.verification.reconcile import Row

# Names in a list before the rest is only counted.
MAX_NAMES = 8


def render(rehearsal: Rehearsal) -> str:
    """Return the report as Markdown for a pull request."""
    return "\n".join(_lines(rehearsal)).rstrip() + "\n"


HEADINGS = {
    "safe": "safe",
    "safe-as-rehearsed": "no problem in the rehearsed part, **not rehearsed in part**",
    "accepted-losses": "no problem **but losses that are accepted**",
    "problems": "**do not deploy this change**",
    "refused": "**AWS refuses this change**",
    "no-difference": "no difference: nothing was rehearsed",
    "not-rehearsed": "**not rehearsed**",
}


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    heading = HEADINGS[rehearsal.verdict]
    if rehearsal.refused and all(each.breaks for each in rehearsal.refused):
        heading = "**this change breaks the stack**"
    yield f"## Rehearsal of {rehearsal.environment}: {heading}"
    yield ""
    base = f"`{rehearsal.environment}` at `{rehearsal.base}` ({rehearsal.commit[:10]})"
    if rehearsal.first is None:
        yield f"The base is {base}. Nothing was deployed. Total: {rehearsal.seconds:.0f} s."
    else:
        yield (
            f"{base} was deployed to"
            " an embedded AWS and received updates; then this change was deployed under traffic."
            f" Total: {rehearsal.seconds:.0f} s."
        )
    yield ""
    if rehearsal.note:
        yield rehearsal.note
        yield ""
    for refusal in rehearsal.refused:
        yield f"- ❌ {refusal}"
    for problem in rehearsal.problems:
        yield f"- ❌ {problem}"
    for loss in rehearsal.accepted_losses:
        yield f"- ⚠️ {loss} ({loss.accepted})"
    for kept in rehearsal.left_behind:
        yield f"- ⚠️ {kept}"
    if rehearsal.passed and rehearsal.first is not None:
        besides = "besides that, " if rehearsal.accepted_losses else ""
        yield f"- ✅ {besides}no update was lost, and the earlier data is complete"
        yield "- ✅ a failed deployment was rolled back, and the service recovered"
    elif rehearsal.update is not None and rehearsal.update.harmless_failure:
        yield "- ✅ the rollback restored the service: no update and no data was lost"
    elif rehearsal.update is not None and rehearsal.update.works_again:
        yield "- ✅ the service works after the change: updates sent then have arrived"
    yield ""
    yield from _coverage(rehearsal)
    if rehearsal.changes:
        yield f"{len(rehearsal.changes)} resources differ: {', '.join(rehearsal.changes)}."
    else:
        yield "No resource differs."
    for step in (rehearsal.first, rehearsal.update, rehearsal.failed_deployment):
        if step is not None:
            yield from _step(step)
    if rehearsal.first is not None and rehearsal.failed_deployment is None:
        yield ""
        yield f"The deployment that fails was skipped: {_skip_reason(rehearsal)}."
    if rehearsal.first is not None:
        yield from _overlay(rehearsal)


def _coverage(rehearsal: Rehearsal) -> Iterator[str]:
    """Yield what this change touches that was not rehearsed, grouped by type and reason."""
    if not rehearsal.not_rehearsed or rehearsal.refused:
        return
    groups: dict[tuple[str, str], list[str]] = {}
    for each in rehearsal.not_rehearsed:
        names = [f"{each.resource}.{name}" for name in each.properties]
        groups.setdefault((each.type, each.reason), []).extend(names)
    seen = ", ".join(f"`{name}`" for name in rehearsal.rehearsed[:MAX_NAMES]) or "nothing"
    more = len(rehearsal.rehearsed) - MAX_NAMES
    yield f"- rehearsed: {seen}{f' and {more} more' if more > 0 else ''}"
    yield "- ⚠️ **not rehearsed**, so the verdict does not cover it:"
    for (kind, reason), names in groups.items():
        shown = ", ".join(f"`{name}`" for name in names[:MAX_NAMES])
        rest = f" and {len(names) - MAX_NAMES} more" if len(names) > MAX_NAMES else ""
        yield f"  - {shown}{rest} ({kind}): {reason}"
    yield ""


def _skip_reason(rehearsal: Rehearsal) -> str:
    if rehearsal.update is not None and rehearsal.update.failure:
        return "the change itself failed"
    return "an earlier step found problems"


def _step(step: StepResult) -> Iterator[str]:
    yield ""
    yield f"### {step.title[:1].upper()}{step.title[1:]}"
    yield ""
    pause = ""
    if step.longest_pause is not None:
        pause = f", longest time without an arrival {step.longest_pause:.1f} s"
    if step.throttled:
        pause += f", {step.throttled:,} calls of the processor throttled"
    yield f"{step.seconds:.1f} s, {step.sent:,} updates sent{pause}. Stack: `{step.status}`."
    if step.failure:
        yield ""
        yield f"> {step.failure}"
    if step.losses:
        yield ""
        yield from _table(
            ("replaced or removed", "type", "before", "after", "effect on AWS"),
            (
                (
                    loss.logical_id,
                    loss.type,
                    f"`{loss.before}`",
                    f"`{loss.after}`" if loss.after else "—",
                    loss.fate,
                )
                for loss in step.losses
            ),
        )
    for heading, rows in (
        ("sent during the step", step.fed),
        ("sent before", step.earlier),
        ("sent afterwards", step.afterwards),
    ):
        if rows:
            yield ""
            yield from _reconciliation(heading if step.earlier else "sent", rows)


def _reconciliation(heading: str, rows: Iterable[Row]) -> Iterator[str]:
    yield from _table(
        (heading, "unit", "expected", "found", "unexpected", "difference"),
        (
            (
                row.place,
                row.unit,
                f"{row.expected:,}",
                f"{row.found:,}",
                f"{row.unexpected:,}",
                f"{row.difference:,}" if not row.difference else f"**{row.difference:,}**",
            )
            for row in rows
        ),
    )


def _overlay(rehearsal: Rehearsal) -> Iterator[str]:
    yield ""
    yield "<details><summary>What differs from AWS</summary>"
    yield ""
    if rehearsal.overlay:
        yield from _table(
            ("property", "on AWS", "in the rehearsal", "reason"),
            (
                (f"`{a.resource}.{a.property}`", f"`{a.wanted}`", f"`{a.rehearsed}`", a.reason)
                for a in rehearsal.overlay
            ),
        )
        yield ""
    if rehearsal.recorded_only:
        named = ", ".join(f"`{name}`" for name in rehearsal.recorded_only)
        yield f"Only recorded by the embedded AWS, so their behaviour is not tested: {named}."
        yield ""
    if rehearsal.partly_emulated:
        named = ", ".join(f"`{name}`" for name in rehearsal.partly_emulated)
        yield f"Emulated in part, see docs/embedded-aws.md: {named}."
        yield ""
    yield "IAM, network, quotas and instance sizes are not tested.</details>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
