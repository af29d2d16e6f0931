"""A rehearsal as Markdown, for people: the verdict first, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from catalog_platform.rehearsal.result import Rehearsal, StepResult
from catalog_platform.verification.reconcile import Row


def render(rehearsal: Rehearsal) -> str:
    """The report, ready to be put on a pull request."""
    return "\n".join(_lines(rehearsal)).rstrip() + "\n"


def _lines(rehearsal: Rehearsal) -> Iterator[str]:
    verdict = "safe" if rehearsal.safe else "**do not deploy this**"
    yield f"## Rehearsal of {rehearsal.environment}: {verdict}"
    yield ""
    yield (
        f"`{rehearsal.environment}` as it is at `{rehearsal.base}` ({rehearsal.commit[:10]}) was"
        " deployed to an embedded AWS and fed; then this change was applied while updates kept"
        f" coming. {rehearsal.seconds:.0f} s in all."
    )
    yield ""
    for problem in rehearsal.problems:
        yield f"- ❌ {problem}"
    if rehearsal.safe:
        yield "- ✅ no update was lost, and what was written before is still there"
        yield "- ✅ a failing deployment was rolled back, and the service came back"
    elif rehearsal.update is not None and rehearsal.update.harmless_failure:
        yield "- ✅ the rollback left the service in order: no update was lost, nor any data"
    elif rehearsal.update is not None and rehearsal.update.works_again:
        yield "- ✅ the service works again: what was put once the change was applied has arrived"
    yield ""
    if rehearsal.changes:
        yield f"{len(rehearsal.changes)} resources differ: {', '.join(rehearsal.changes)}."
    else:
        yield "No resource differs: the stack was deployed again as it was."
    for act in (rehearsal.first, rehearsal.update, rehearsal.failed_deployment):
        if act is not None:
            yield from _act(act)
    if rehearsal.failed_deployment is None:
        yield ""
        yield f"No other deployment was made to fail: {_why_not(rehearsal)}."
    yield from _overlay(rehearsal)


def _why_not(rehearsal: Rehearsal) -> str:
    if rehearsal.update is not None and rehearsal.update.failure:
        return "the change itself has failed"
    return "the service was not in order by then"


def _act(act: StepResult) -> Iterator[str]:
    yield ""
    yield f"### {act.title[:1].upper()}{act.title[1:]}"
    yield ""
    pause = ""
    if act.longest_pause is not None:
        pause = f", the longest time without an arrival was {act.longest_pause:.1f} s"
    if act.throttled:
        pause += f", the processor was refused {act.throttled:,} calls"
    yield f"{act.seconds:.1f} s, {act.sent:,} updates put{pause}. Stack: `{act.status}`."
    if act.failure:
        yield ""
        yield f"> {act.failure}"
    if act.losses:
        yield ""
        yield from _table(
            ("replaced or removed", "type", "before", "after", "what becomes of it"),
            (
                (
                    loss.logical_id,
                    loss.type,
                    f"`{loss.before}`",
                    f"`{loss.after}`" if loss.after else "—",
                    loss.fate,
                )
                for loss in act.losses
            ),
        )
    for heading, rows in (
        ("put meanwhile", act.fed),
        ("put before", act.earlier),
        ("put afterwards", act.afterwards),
    ):
        if rows:
            yield ""
            yield from _account(heading if act.earlier else "put", rows)


def _account(heading: str, rows: Iterable[Row]) -> Iterator[str]:
    yield from _table(
        (heading, "what", "expected", "found", "unexpected", "difference"),
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
            ("where", "AWS gets", "rehearsed", "because"),
            (
                (f"`{a.resource}.{a.property}`", f"`{a.wanted}`", f"`{a.rehearsed}`", a.reason)
                for a in rehearsal.overlay
            ),
        )
        yield ""
    if rehearsal.recorded_only:
        named = ", ".join(f"`{name}`" for name in rehearsal.recorded_only)
        yield f"Recorded only, so that nothing is proven about them: {named}."
        yield ""
    yield "IAM, network, quotas and sizes are not tried either.</details>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
