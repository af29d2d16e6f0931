"""What a rehearsal has seen, and what it means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from catalog_platform.rehearsal.stateful_resources import Loss
from catalog_platform.verification.reconcile import Row

ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """One deployment and what it did to the updates; times are in seconds.

    `failure` is CloudFormation's reason, empty when the deployment succeeded. `fed` accounts for
    the updates put while it ran, `earlier` for those put before it, looked up again afterwards;
    `afterwards` for some that were put once it was over, when not all of the others were there;
    `unreadable` says why a place could not be looked into, or the stream not be written to.
    `longest_pause` is the longest time in which no update arrived, None where none was measured;
    `throttled` counts the calls of the processor that were refused.
    """

    title: str
    seconds: float
    status: str
    failure: str = ""
    sent: int = 0
    longest_pause: float | None = None
    throttled: int = 0
    fed: tuple[Row, ...] = ()
    earlier: tuple[Row, ...] = ()
    afterwards: tuple[Row, ...] = ()
    unreadable: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()

    @property
    def rolled_back(self) -> bool:
        """Whether it failed and the stack is as it was before."""
        return bool(self.failure) and self.status == ROLLED_BACK

    @property
    def harmless_failure(self) -> bool:
        """Whether it was rolled back and nobody has lost anything."""
        return self.rolled_back and not (self.lost_updates or self.lost_data or self.losses)

    @property
    def disturbed(self) -> bool:
        """Whether something is missing, so that it has to be asked if the service works now."""
        return bool(self.lost_updates or self.lost_data or self.unreadable)

    @property
    def works_again(self) -> bool:
        """Whether it does: what was put once all was over has arrived."""
        return bool(self.afterwards) and not sum(row.difference for row in self.afterwards)

    @property
    def lost_updates(self) -> int:
        """Of those put while it ran: missing, or in a place where they do not belong."""
        return sum(row.difference for row in self.fed)

    @property
    def lost_data(self) -> int:
        """Of what was there before it."""
        return sum(row.difference for row in self.earlier)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """The whole of it; an act is None when it was not reached, and `problems` says why."""

    environment: str
    base: str
    commit: str
    changes: tuple[str, ...]
    overlay: tuple[Any, ...]
    recorded_only: tuple[str, ...]
    first: StepResult
    update: StepResult | None = None
    failed_deployment: StepResult | None = None
    seconds: float = 0.0
    problems: tuple[str, ...] = field(default=())

    @property
    def safe(self) -> bool:
        """Whether nothing speaks against the change."""
        return not self.problems

    def as_json(self) -> str:
        """One object; the acts are null when they were not reached."""
        return json.dumps({"safe": self.safe, **asdict(self)}, indent=2) + "\n"


def added(accounts: Iterable[tuple[Row, ...]]) -> tuple[Row, ...]:
    """Accounts of several feeds as one, row by row."""
    total: dict[tuple[str, str], Row] = {}
    for row in (row for account in accounts for row in account):
        before = total.get((row.place, row.unit), Row(row.place, row.unit, 0, 0, 0))
        total[row.place, row.unit] = Row(
            row.place,
            row.unit,
            before.expected + row.expected,
            before.found + row.found,
            before.unexpected + row.unexpected,
            tuple(sorted({*before.reasons, *row.reasons})),
        )
    return tuple(total.values())


def problems(
    first: StepResult, update: StepResult | None, failed_deployment: StepResult | None
) -> tuple[str, ...]:
    """One sentence for everything that speaks against the change; the worst comes first."""
    if first.failure or first.lost_updates:
        reasons = [first.failure, *first.unreadable, _missing(first.fed)]
        return ("the base itself does not work: " + "; ".join(filter(None, reasons)),)
    found: list[str] = []
    if update is not None:
        found += _of_update(update)
    if failed_deployment is not None:
        found += _of_failed_deployment(failed_deployment)
    return tuple(found)


def _of_update(update: StepResult) -> Iterator[str]:
    for loss in update.losses:
        done = "replaces" if loss.after else "removes"
        yield f"the change {done} the {loss.what} {loss.logical_id}: {loss.fate}"
    if update.lost_data:
        yield f"data written before the change is gone: {_missing(update.earlier)}"
    if update.failure:
        undone = "it was rolled back" if update.rolled_back else f"the stack is {update.status}"
        yield f"the change cannot be deployed, {undone}: {update.failure}"
    yield from (f"after the change, {reason}" for reason in update.unreadable)
    if update.lost_updates:
        yield f"updates put during the change did not arrive: {_missing(update.fed)}"
    if update.afterwards and not update.works_again:
        yield f"the service does not work after the change: {_missing(update.afterwards)}"


def _of_failed_deployment(act: StepResult) -> Iterator[str]:
    if not act.throttled:
        yield "the deployment that had to stop the processor did not: nothing was there to restore"
    if not act.failure:
        yield "the deployment that had to fail did not fail"
    elif not act.rolled_back:
        yield f"the failed deployment was not rolled back: the stack is {act.status}"
    if act.lost_data or act.lost_updates:
        missing = _missing(added([act.fed, act.earlier]))
        yield f"the rollback did not restore the service: {missing}"


def _missing(rows: tuple[Row, ...]) -> str:
    parts = []
    for row in rows:
        if row.expected > row.found:
            lost = row.expected - row.found
            parts.append(f"{lost:,} of {row.expected:,} {row.unit} in {row.place}")
        if row.unexpected:
            why = f" ({'; '.join(row.reasons)})" if row.reasons else ""
            parts.append(f"{row.unexpected:,} {row.unit} too many in {row.place}{why}")
    return ", ".join(parts)
