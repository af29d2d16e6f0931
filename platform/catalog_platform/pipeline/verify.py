"""Send updates to a deployed catalog, reconcile every record, and print the result."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from rich.table import Table

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.session import Session
from catalog_platform.errors import UsageError
from catalog_platform.plural import plural
from catalog_platform.terminal.console import wide
from catalog_platform.terminal.progress import Progress
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import put
from catalog_platform.verification.reconcile import Reconciliation, reconcile
from catalog_platform.verification.stores import require_reachable

STALL_SECONDS = 45.0
PROGRESS_SECONDS = 1.0
MALFORMED = 25


def malformed_count(updates: int, malformed: int | None) -> int:
    """Return how many of the updates are malformed; None means `MALFORMED`, at most a tenth.

    Raises `UsageError` when there are more malformed updates than updates.
    """
    if malformed is None:
        return min(MALFORMED, updates // 10)
    if malformed > updates:
        raise UsageError(
            f"--malformed {malformed}: more than --updates {updates}",
            hint=f"set --malformed to at most {updates}, or raise --updates",
        )
    return malformed


def feed_and_reconcile(
    session: Session, name: str, *, updates: int, malformed: int, seed: int, progress: Progress
) -> Reconciliation:
    """Put a seeded feed on the environment's stream, and wait until its effects are complete.

    Nothing is put unless the private stores can be reached. Raises `PlatformError` when the stack
    or a store cannot be.
    """
    run_id = uuid.uuid4().hex[:8]
    feed = generate(
        updates=updates, malformed=malformed, seed=seed, run=run_id, now=datetime.now(UTC)
    )
    outputs = stack_outputs.read(session, name)
    require_reachable(session, outputs)
    started = time.monotonic()
    with progress.step(f"send {_described(feed)} to {outputs.stream_name}") as report_progress:
        sent = put(
            session,
            outputs.stream_name,
            feed,
            on_progress=_rate_limited(report_progress, updates),
        )
    with progress.step("verify that every update has arrived") as report_progress:
        return reconcile(
            session,
            outputs,
            feed,
            sent,
            prefix=f"VERIFY-{run_id}-",
            started=started,
            stall_seconds=STALL_SECONDS,
            on_progress=_rate_limited(report_progress, updates),
        )


def print_reconciliation(reconciliation: Reconciliation) -> int:
    """Print the reconciliation as a table; return 0 when its difference is 0, otherwise 1."""
    table = Table(title=f"{plural(reconciliation.sent, 'update')} sent", title_justify="left")
    for column in ("store", "entries"):
        table.add_column(column)
    for column in ("expected", "found", "unexpected", "difference"):
        table.add_column(column, justify="right")
    for row in reconciliation.rows:
        numbers = (row.expected, row.found, row.unexpected, row.difference)
        table.add_row(row.place, row.unit, *(f"{number:,}" for number in numbers))
    console = wide()
    console.print(table)
    for row in reconciliation.rows:
        for reason in row.reasons:
            console.print(f"unexpected in {row.place}: {reason}", highlight=False, markup=False)
    console.print(
        f"difference {reconciliation.difference:,} · {reconciliation.seconds:.1f} s"
        f" · {reconciliation.records_per_second:,.0f} records/s",
        highlight=False,
    )
    return 1 if reconciliation.difference else 0


def _described(feed: Feed) -> str:
    return (
        f"{plural(feed.events, 'update')}"
        f" ({plural(feed.duplicates, 'duplicate')}, {feed.late:,} late,"
        f" {feed.malformed:,} malformed) in {plural(len(feed.updates), 'record')}"
    )


def _rate_limited(report_progress: Callable[[str], None], total: int) -> Callable[[int], None]:
    """Pass progress on at most once per `PROGRESS_SECONDS`, and at the end."""
    reported_at = -PROGRESS_SECONDS

    def on_progress(count: int) -> None:
        nonlocal reported_at
        now = time.monotonic()
        if now - reported_at >= PROGRESS_SECONDS or count >= total:
            reported_at = now
            report_progress(f"{count:,} of {total:,}")

    return on_progress
