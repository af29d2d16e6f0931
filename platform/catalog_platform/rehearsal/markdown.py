"""Render a rehearsal as Markdown: the verdict first, then the results of each step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalog_platform.rehearsal.result import Rehearsal, StepResult
from catalog_platform.verification.reconcile import Row


def render(rehearsal: Rehearsal) -> str:
    """Return the report as Markdown for a pull request."""
    return "\n".join(_lines(rehearsal)).rstrip() + "\n"


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    verdict = "safe" if rehearsal.safe else "**do not deploy this change**"
    yield f"## Rehearsal of {rehearsal.environment}: {verdict}"
    yield ""
    yield (
        f"`{rehearsal.environment}` at `{rehearsal.base}` ({rehearsal.commit[:10]}) was deployed to"
        " an embedded AWS and received updates; then this change was deployed under traffic."
        f" Total: {rehearsal.seconds:.0f} s."
    )
    yield ""
    for problem in rehearsal.problems:
        yield f"- ❌ {problem}"
    if rehearsal.safe:
        yield "- ✅ no update was lost, and the earlier data is complete"
        yield "- ✅ a failed deployment was rolled back, and the service recovered"
    elif rehearsal.update is not None and rehearsal.update.harmless_failure:
        yield "- ✅ the rollback restored the service: no update and no data was lost"
    elif rehearsal.update is not None and rehearsal.update.works_again:
        yield "- ✅ the service works after the change: updates sent then have arrived"
    yield ""
    if rehearsal.changes:
        yield f"{len(rehearsal.changes)} resources differ: {', '.join(rehearsal.changes)}."
    else:
        yield "No resource differs: the same template was deployed again."
    for step in (rehearsal.first, rehearsal.update, rehearsal.failed_deployment):
        if step is not None:
            yield from _step(step)
    if rehearsal.failed_deployment is None:
        yield ""
        yield f"The deployment that fails was skipped: {_skip_reason(rehearsal)}."
    yield from _overlay(rehearsal)


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
    yield "IAM, network, quotas and instance sizes are not tested.</details>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
