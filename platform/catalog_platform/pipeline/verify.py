"""Feed a deployed catalog, account for every record, and print the account."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

from rich.table import Table

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.session import Session
from catalog_platform.errors import UsageError
from catalog_platform.terminal.console import wide
from catalog_platform.terminal.progress import Progress
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import put
from catalog_platform.verification.reconcile import Reconciliation, reconcile

PATIENCE_SECONDS = 45.0
TELL_SECONDS = 1.0


def expect_sizes(updates: int, malformed: int) -> None:
    """Raises `UsageError` when there cannot be as many broken updates among so many."""
    if malformed > updates:
        raise UsageError(
            f"--malformed {malformed}: there are only {updates} updates",
            hint="malformed updates are some of the updates, not more of them",
        )


def feed_and_reconcile(
    session: Session, name: str, *, updates: int, malformed: int, seed: int, progress: Progress
) -> Reconciliation:
    """Put a seeded feed into the environment's stream and wait for its effects.

    Raises `PlatformError` when the stack cannot be reached.
    """
    run_id = uuid.uuid4().hex[:8]
    feed = generate(
        updates=updates, malformed=malformed, seed=seed, run=run_id, now=datetime.now(UTC)
    )
    outputs = stack_outputs.read(session, name)
    started = time.monotonic()
    with progress.step(f"put {_described(feed)} into {outputs.stream_name}") as tell:
        sent = put(session, outputs.stream_name, feed, on_progress=_told_at_times(tell, updates))
    with progress.step("wait until they are through") as tell:
        return reconcile(
            session,
            outputs,
            feed,
            sent,
            prefix=f"VERIFY-{run_id}-",
            started=started,
            patience=PATIENCE_SECONDS,
            on_progress=_told_at_times(tell, updates),
        )


def print_account(account: Reconciliation) -> int:
    """Print the account as a table on stdout; 0 when its difference is 0, otherwise 1."""
    table = Table(title=f"{account.sent:,} updates sent", title_justify="left")
    for column in ("place", "what"):
        table.add_column(column)
    for column in ("expected", "found", "unexpected", "difference"):
        table.add_column(column, justify="right")
    for row in account.rows:
        numbers = (row.expected, row.found, row.unexpected, row.difference)
        table.add_row(row.place, row.unit, *(f"{number:,}" for number in numbers))
    console = wide()
    console.print(table)
    for row in account.rows:
        for reason in row.reasons:
            console.print(f"unexpected in {row.place}: {reason}", highlight=False, markup=False)
    console.print(
        f"difference {account.difference:,} · {account.seconds:.1f} s"
        f" · {account.records_per_second:,.0f} records/s",
        highlight=False,
    )
    return 1 if account.difference else 0


def _described(feed: Feed) -> str:
    return (
        f"{feed.events:,} updates ({feed.duplicates:,} duplicates, {feed.late:,} late,"
        f" {feed.malformed:,} malformed) in {len(feed.updates):,} records"
    )


def _told_at_times(tell: Callable[[str], None], total: int) -> Callable[[int], None]:
    """Pass progress on, but no more often than a log can bear."""
    told = -TELL_SECONDS

    def on_progress(count: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= TELL_SECONDS or count >= total:
            told = now
            tell(f"{count:,} of {total:,}")

    return on_progress
