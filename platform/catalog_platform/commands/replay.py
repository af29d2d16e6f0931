"""`catalogctl replay`: put dead letters on the stream again after their cause is fixed."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from rich.table import Table
from rich.text import Text

from catalog_platform.aws.session import Session
from catalog_platform.errors import UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.approval import approve_write
from catalog_platform.pipeline.target import function_of
from catalog_platform.plural import plural
from catalog_platform.release.replay import ReplayReport, replay
from catalog_platform.terminal.console import printable, wide
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

_AGE = re.compile(r"([0-9]{1,6})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
# Sequence numbers have 56 digits.
_RANGE = re.compile(
    r"(?P<shard_id>[\w-]{1,128}):(?P<first>[0-9]{1,128})-(?P<last>[0-9]{1,128})", re.ASCII
)


def run(
    workspace: Workspace,
    *,
    name: str,
    since: str | None,
    until: str | None,
    reasons: Sequence[str],
    span: str | None,
    dry_run: bool,
    format: str,  # noqa: A002 - the option's name
    yes: bool = False,
) -> int:
    """Count the selected dead letters, replay them, and print a report.

    On AWS, ask for the environment's name after the count, unless `yes`. Returns 1 when a selected
    dead letter could not be replayed. Raises `UsageError` for invalid times and ranges and without
    a terminal to ask on, `PlatformError` when the environment has no replayer or it cannot be
    called.
    """
    now = datetime.now(UTC)
    request = build_request(since=since, until=until, reasons=reasons, span=span, now=now)
    manifest = Manifests(workspace).load(name)
    session, function = function_of(workspace, manifest, "replayer")

    def approve(count: int) -> None:
        effect = f"{plural(count, 'record')} of dead letters are put on the stream"
        approve_write(manifest, session, "replay", effect, confirmed=yes)

    report = _count_and_replay(
        session, function, name, request, approve=None if dry_run else approve
    )
    _print(report, format)
    if reasons and report.found and not report.selected:
        print(
            f"catalogctl: none of {plural(report.found, 'dead letter')} has the reason "
            f"{' or '.join(reasons)}; list all reasons: catalogctl replay {name} --dry-run",
            file=sys.stderr,
        )
    return 0 if report.complete else 1


def _count_and_replay(
    session: Session,
    function: str,
    name: str,
    request: dict[str, Any],
    *,
    approve: Callable[[int], None] | None,
) -> ReplayReport:
    """Count, and replay unless `approve` is None; it gets the number of records before."""
    progress = Progress()
    with progress.step(f"count the dead letters of {name}") as report_progress:
        report = replay(
            session,
            function,
            {**request, "dry_run": True},
            on_progress=lambda so_far: report_progress(_progress_line(so_far)),
        )
        report_progress(f"{report.replayed:,} to replay, {report.already:,} replayed before")
    if approve is not None and not report.replayed:
        # There is nothing to replay, so the dry run is the final result.
        report.dry_run = False
    elif approve is not None and not report.failure:
        approve(report.replayed)
        with progress.step(f"replay {plural(report.replayed, 'record')}") as report_progress:
            report = replay(
                session,
                function,
                {**request, "dry_run": False},
                on_progress=lambda so_far: report_progress(_progress_line(so_far)),
            )
    return report


def build_request(
    *,
    since: str | None,
    until: str | None,
    reasons: Sequence[str],
    span: str | None,
    now: datetime,
) -> dict[str, Any]:
    """Return the request for the replayer function. Raises `UsageError` for invalid options."""
    request: dict[str, Any] = {"reasons": list(reasons)}
    moments = {"since": since, "until": until}
    found = {key: parse_time(key, text, now) for key, text in moments.items() if text is not None}
    if len(found) == 2 and found["since"] >= found["until"]:
        raise UsageError(f"--since {since}: is not before --until {until}")
    request |= {key: at.isoformat() for key, at in found.items()}
    if span is not None:
        match = _RANGE.fullmatch(span)
        if match is None or int(match["first"]) > int(match["last"]):
            raise UsageError(
                f"--range {span}: not a range of sequence numbers",
                hint="use SHARD:FIRST-LAST, for example shardId-000000000000:4960…02-4960…90",
            )
        request["span"] = match.groupdict()
    return request


def parse_time(option: str, text: str, now: datetime) -> datetime:
    """Return the time that an option gives as RFC 3339 or as an age. Raises `UsageError`."""
    age = _AGE.fullmatch(text)
    # An age or an offset can lead to a year before 1 or after 9999.
    with contextlib.suppress(ValueError, OverflowError):
        if age is not None:
            return now - timedelta(**{_UNITS[age[2]]: int(age[1])})
        found = datetime.fromisoformat(text)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    raise UsageError(
        f"--{option} {text}: not a time",
        hint="use an age such as 90m, 36h or 7d, or a time with offset: 2026-09-21T14:00:00+02:00",
    )


def _progress_line(report: ReplayReport) -> str:
    return f"{plural(report.objects, 'object')}, {plural(report.selected, 'dead letter')}"


def _print(report: ReplayReport, form: str) -> None:
    if form == "json":
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
        return
    verb = "would be replayed" if report.dry_run else "replayed"
    table = Table(title=plural(report.selected, "dead letter"), title_justify="left")
    table.add_column("reason")
    for column in ("dead letters", "replayed before", verb):
        table.add_column(column, justify="right")
    for reason, tally in sorted(report.reasons.items()):
        numbers = (tally.selected, tally.already, tally.replayed)
        table.add_row(Text(printable(reason)), *(f"{number:,}" for number in numbers))
    console = wide()
    console.print(table)
    arrived = f" · arrived {report.oldest} to {report.newest}" if report.oldest else ""
    console.print(
        f"{verb} {report.replayed:,} · {report.replayed_bytes:,} bytes"
        f" · stored twice {report.repeated:,}{arrived}",
        highlight=False,
        soft_wrap=True,
    )
    for line in _failures(report):
        console.print(printable(line), highlight=False, soft_wrap=True, markup=False, emoji=False)


def _failures(report: ReplayReport) -> list[str]:
    """Return a line for each reason why dead letters were not replayed."""
    lines = []
    if report.unusable:
        lines.append(f"{plural(report.unusable, 'dead letter')} without a payload")
    if report.missing:
        lines.append(f"{plural(report.missing, 'record')} no longer in the stream")
    if report.refused:
        lines.append(f"{plural(report.refused, 'dead letter')} rejected by the stream")
    if report.unreadable:
        lines.append(f"{plural(report.unreadable, 'object')} could not be read completely")
    if report.causes:
        lines.append("not replayed:")
        lines += [f"  {each.key}: {each.cause}" for each in report.causes]
        more = report.unreadable + report.refused - len(report.causes)
        lines += [f"  and {more:,} more"] if more > 0 else []
    if report.failure:
        lines.append(f"stopped: {report.failure}; run the command again to continue")
    return lines
