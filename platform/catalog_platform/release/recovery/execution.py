"""Carry a recovery plan out, and stop when somebody else changes the stack."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws import stack_events, stack_status
from catalog_platform.aws.api_errors import CredentialsError, calling
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import DELETED, StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release.recovery import contents, databases
from catalog_platform.release.recovery.plan import Kind, Plan, Step

POLL_SECONDS = 5.0
LOCAL_POLL_SECONDS = 0.2
# What a step calls, and the IAM action that it needs.
ACTIONS = {
    Kind.UNPROTECT_STACK: "cloudformation:UpdateTerminationProtection",
    Kind.ROLL_BACK: "cloudformation:RollbackStack",
    Kind.CONTINUE_ROLLBACK: "cloudformation:ContinueUpdateRollback",
    Kind.DELETE: "cloudformation:DeleteStack",
}
LOSING = {Kind.ROLL_BACK, Kind.CONTINUE_ROLLBACK, Kind.DELETE}

ShowStep = Callable[[str], AbstractContextManager[Callable[[str], None]]]


@dataclass(slots=True)
class _Expected:
    """The state that the stack must have before the next step."""

    status: str
    newest_event: str

    @classmethod
    def now(cls, session: Session, stack: StackStatus) -> _Expected:
        """Return the state that `stack`, which was just read, has."""
        event = stack_events.newest(session, stack)
        return cls(stack.status, event.id if event else "")


def execute(
    session: Session,
    plan: Plan,
    *,
    timeout: float,
    show_step: ShowStep,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Carry out the steps; each operation may take `timeout` seconds.

    Before each step, the stack is read again, and what the step deletes is searched for data again.
    Every call names the stack by its ARN, which a stack that was created meanwhile doesn't have.

    Raises `PlatformError` when the stack has changed, holds data now, a call is refused, or a step
    ends in another status than planned.
    """
    if plan.stack is None:
        return
    stack, expected = plan.stack, _Expected(plan.stack.status, plan.newest_event)
    for step in plan.steps:
        with show_step(str(step)) as show_detail:
            _require_unchanged(session, stack, expected)
            if step.kind in LOSING:
                _require_empty(session, plan)
            if step.kind is Kind.UNPROTECT_DATABASE:
                databases.unprotect(session, step.database, sleep=sleep)
                continue
            _call(session, stack, step)
            if step.kind is Kind.UNPROTECT_STACK:
                continue
            ended = _wait(session, stack, expected, timeout, show_detail, sleep)
        if ended.status not in step.after:
            raise _failed(session, plan, step, ended)
        if ended.status == DELETED:
            return  # The rollback of a creation may delete the stack.
        expected = _Expected.now(session, ended)


def _require_unchanged(session: Session, stack: StackStatus, expected: _Expected) -> None:
    now = stack_status.read_stack(session, stack.id)
    if now is None or _Expected.now(session, now) != expected:
        raise PlatformError(
            f"stack {stack.name} was {expected.status} when the plan was made, and something has "
            f"changed it since: it is {now or 'deleted'} now",
            hint="somebody else works on the stack; agree with them, then run the command again",
        )


def _require_empty(session: Session, plan: Plan) -> None:
    lines = contents.holding(session, plan.deleted, used=plan.used)
    if lines:
        raise PlatformError(
            "\n  ".join(("data has arrived since the plan was made, nothing is deleted:", *lines)),
            hint="run the command again to see what can be done",
        )


def _call(session: Session, stack: StackStatus, step: Step) -> None:
    cloud, name = session.client("cloudformation"), {"StackName": stack.id}
    ids = list(step.logical_ids)
    with calling(ACTIONS[step.kind], f"stack {stack.name}"):
        if step.kind is Kind.UNPROTECT_STACK:
            cloud.update_termination_protection(**name, EnableTerminationProtection=False)
        elif step.kind is Kind.ROLL_BACK:
            cloud.rollback_stack(**name)
        elif step.kind is Kind.CONTINUE_ROLLBACK:
            cloud.continue_update_rollback(**name, **_given("ResourcesToSkip", ids))
        else:
            cloud.delete_stack(**name, **_given("RetainResources", ids))


def _given(name: str, ids: list[str]) -> dict[str, Any]:
    return {name: ids} if ids else {}


def _wait(
    session: Session,
    stack: StackStatus,
    before: _Expected,
    timeout: float,
    show_detail: Callable[[str], None],
    sleep: Callable[[float], None],
) -> StackStatus:
    """Wait until the operation has ended, and return the state of the stack."""
    interval = LOCAL_POLL_SECONDS if session.on_this_machine else POLL_SECONDS
    waited, shown = 0.0, ""
    while True:
        try:
            now = stack_status.read_stack(session, stack.id)
            has_ended = now is not None and _has_ended(session, now, before)
        except PlatformError as error:
            kind = CredentialsError if isinstance(error, CredentialsError) else PlatformError
            raise kind(
                f"{error.message}; CloudFormation continues, and the state of the stack is unknown",
                hint=error.hint or f"follow it: {stack.follow(session.region)}",
            ) from error
        if now is None:
            return StackStatus(stack.name, stack.id, DELETED)
        if has_ended:
            return now
        if now.status != shown:
            shown = now.status
            show_detail(shown)
        if waited >= timeout:
            raise PlatformError(
                f"stack {stack.name} is still {now} after {timeout:.0f} s; CloudFormation "
                "continues",
                hint=f"follow it: {stack.follow(session.region)}",
            )
        sleep(interval)
        waited += interval


def _has_ended(session: Session, now: StackStatus, before: _Expected) -> bool:
    if now.in_progress or now.status != before.status:
        return not now.in_progress
    # The operation has not begun yet, or has ended with the status that the stack had before.
    event = stack_events.newest(session, now)
    return (
        event is not None
        and event.id != before.newest_event
        and event.of_stack
        and event.status == now.status
    )


def _failed(session: Session, plan: Plan, step: Step, ended: StackStatus) -> PlatformError:
    stack = plan.stack
    assert stack is not None  # noqa: S101 - a plan with steps has a stack
    lines = [
        f"{event.logical_id} ({event.type}): {event.reason}"
        for event in stack_events.read(session, stack).failures
    ]
    hint = f"see what can be done: catalogctl recover {plan.environment} --dry-run"
    if step.kind is Kind.CONTINUE_ROLLBACK:
        hint = "correct the cause and run the command again, or skip what cannot be rolled back: "
        hint += f"catalogctl recover {plan.environment} --skip LOGICAL_ID"
    message = f"{step.kind.value}: the stack is {ended}"
    return PlatformError("\n  ".join((message, *lines)), hint=hint)
