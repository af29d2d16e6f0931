"""The result of a rehearsal, and the problems that follow from it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from catalog_platform.aws.refused_updates import Refusal
from catalog_platform.rehearsal.coverage import NotRehearsed
from catalog_platform.rehearsal.stateful_resources import Loss
from catalog_platform.verification.reconcile import Row

Verdict = Literal[
    "safe",
    "safe-as-rehearsed",
    "accepted-losses",
    "problems",
    "refused",
    "no-difference",
    "not-rehearsed",
]
ROLLED_BACK = "UPDATE_ROLLBACK_COMPLETE"
# The stores, as reconciliations name them, that are empty after their resource was replaced.
CONTENTS = {
    "AWS::RDS::DBInstance": ("PostgreSQL",),
    "AWS::ElastiCache::ReplicationGroup": ("cache",),
    "AWS::S3::Bucket": ("S3 archive", "dead letters"),
}
STREAM = "AWS::Kinesis::Stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """The result of one deployment; times are in seconds.

    `failure` is CloudFormation's reason, empty when the deployment succeeded. `fed` reconciles the
    updates sent during the deployment, `earlier` those sent before it, read again afterwards.
    `afterwards` reconciles updates sent after the deployment, when others were missing.
    `unreadable` holds the reasons why a store could not be read, or the stream not be written.
    `longest_pause` is the longest time without an arrival, None where it was not measured.
    `throttled` counts the throttled calls of the processor. What is missing because of an accepted
    loss is in the rows, and not counted as lost.
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
        """Return whether the deployment failed and CloudFormation rolled the stack back."""
        return bool(self.failure) and self.status == ROLLED_BACK

    @property
    def harmless_failure(self) -> bool:
        """Return whether a rollback undid the deployment without losses."""
        return self.rolled_back and not (self.lost_updates or self.lost_data or self.losses)

    @property
    def needs_probe(self) -> bool:
        """Return whether something is missing, so that the service has to be tested again."""
        return bool(self.lost_updates or self.lost_data or self.unreadable)

    @property
    def works_again(self) -> bool:
        """Return whether the updates sent after the deployment have arrived."""
        return bool(self.afterwards) and not sum(row.difference for row in self.afterwards)

    @property
    def accepted_losses(self) -> tuple[Loss, ...]:
        """Return the losses that are no problem."""
        return tuple(loss for loss in self.losses if loss.accepted)

    @property
    def counted_updates(self) -> tuple[Row, ...]:
        """Return the rows of updates sent during the step that no accepted loss explains.

        The last updates in a stream that is replaced are not read.
        """
        if any(loss.type == STREAM for loss in self.accepted_losses):
            return ()
        return self._counted(self.fed)

    @property
    def counted_data(self) -> tuple[Row, ...]:
        """Return the rows of updates sent before the step that no accepted loss explains."""
        return self._counted(self.earlier)

    @property
    def lost_updates(self) -> int:
        """Return how many updates sent during the step are missing or in a wrong store."""
        return sum(row.difference for row in self.counted_updates)

    @property
    def lost_data(self) -> int:
        """Return how many updates sent before the step are missing or in a wrong store."""
        return sum(row.difference for row in self.counted_data)

    def _counted(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        emptied = {place for loss in self.accepted_losses for place in CONTENTS.get(loss.type, ())}
        return tuple(row for row in rows if row.place not in emptied)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """A whole rehearsal; a step that was not reached is None.

    `problems`, `refused` or `note` have the reason. `changes` names the resources that differ;
    `rehearsed` their rehearsed properties, `not_rehearsed` the others. `left_behind` are resources
    that AWS does not delete although the change removes or replaces them.
    """

    environment: str
    base: str
    commit: str
    changes: tuple[str, ...]
    overlay: tuple[Any, ...]
    recorded_only: tuple[str, ...]
    partly_emulated: tuple[str, ...] = ()
    rehearsed: tuple[str, ...] = ()
    not_rehearsed: tuple[NotRehearsed, ...] = ()
    refused: tuple[Refusal, ...] = ()
    left_behind: tuple[Refusal, ...] = ()
    note: str = ""
    first: StepResult | None = None
    update: StepResult | None = None
    failed_deployment: StepResult | None = None
    seconds: float = 0.0
    problems: tuple[str, ...] = field(default=())

    @property
    def accepted_losses(self) -> tuple[Loss, ...]:
        """Return the losses of the change that are no problem."""
        return () if self.update is None else self.update.accepted_losses

    @property
    def safe(self) -> bool:
        """Return whether every changed property was rehearsed, without problems."""
        return self.verdict == "safe"

    @property
    def passed(self) -> bool:
        """Return whether nothing was found that should stop the deployment."""
        return not (self.problems or self.refused)

    @property
    def verdict(self) -> Verdict:
        """Return the verdict; it claims no more than what was rehearsed."""
        if self.refused:
            return "refused"
        if self.problems:
            return "problems"
        if self.first is None:
            return "not-rehearsed" if self.not_rehearsed or self.note else "no-difference"
        if self.accepted_losses:
            return "accepted-losses"
        return "safe-as-rehearsed" if self.not_rehearsed else "safe"

    def as_json(self) -> str:
        """Return the rehearsal as a JSON object; steps that were not reached are null."""
        found = {"safe": self.safe, "verdict": self.verdict, **asdict(self)}
        return json.dumps(found, indent=2) + "\n"


def sum_rows(reconciliations: Iterable[tuple[Row, ...]]) -> tuple[Row, ...]:
    """Add the reconciliations of several feeds, row by row."""
    total: dict[tuple[str, str], Row] = {}
    for row in (row for rows in reconciliations for row in rows):
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
    """Return one sentence for each problem of the change, the worst first."""
    if first.failure or first.lost_updates or first.unreadable:
        reasons = [first.failure, *first.unreadable, _missing(first.fed)]
        return ("the base version does not work: " + "; ".join(filter(None, reasons)),)
    found: list[str] = []
    if update is not None:
        found += _of_update(update)
    if failed_deployment is not None:
        found += _of_failed_deployment(failed_deployment)
    return tuple(found)


def _of_update(update: StepResult) -> Iterator[str]:
    yield from (str(loss) for loss in update.losses if not loss.accepted)
    if update.lost_data:
        yield f"data written before the change is lost: {_missing(update.counted_data)}"
    if update.failure:
        undone = "it was rolled back" if update.rolled_back else f"the stack is {update.status}"
        yield f"the change cannot be deployed, {undone}: {update.failure}"
    yield from (f"after the change, {reason}" for reason in update.unreadable)
    if update.lost_updates:
        yield f"updates sent during the change are lost: {_missing(update.counted_updates)}"
    if update.afterwards and not update.works_again:
        yield f"the service does not work after the change: {_missing(update.afterwards)}"


def _of_failed_deployment(step: StepResult) -> Iterator[str]:
    if not step.throttled:
        yield "no call of the processor was throttled, so the rollback restored nothing"
    if not step.failure:
        yield "the deployment with an injected failure did not fail"
    elif not step.rolled_back:
        yield f"the failed deployment was not rolled back: the stack is {step.status}"
    yield from (f"after the rollback, {reason}" for reason in step.unreadable)
    if step.lost_data or step.lost_updates:
        missing = _missing(sum_rows([step.fed, step.earlier]))
        yield f"the rollback did not restore the service: {missing}"
    if step.afterwards and not step.works_again:
        yield f"the service does not work after the rollback: {_missing(step.afterwards)}"


def _missing(rows: tuple[Row, ...]) -> str:
    parts = []
    for row in rows:
        if row.expected > row.found:
            lost = row.expected - row.found
            parts.append(f"{lost:,} of {row.expected:,} {row.unit} in {row.place}")
        if row.unexpected:
            why = f" ({'; '.join(row.reasons)})" if row.reasons else ""
            parts.append(f"{row.unexpected:,} unexpected {row.unit} in {row.place}{why}")
    return ", ".join(parts)
