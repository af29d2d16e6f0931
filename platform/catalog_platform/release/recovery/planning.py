"""Decide how to make a stack deployable, or why only a person can."""

from __future__ import annotations

from catalog_platform.aws import stack_events, stack_status
from catalog_platform.aws.stack_status import NOT_CREATED, REVIEW, StackStatus
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.release.recovery import deletion, rollback
from catalog_platform.release.recovery.plan import Plan
from catalog_platform.release.recovery.request import Request

DELETION = NOT_CREATED | {"DELETE_FAILED", REVIEW}


def make(request: Request) -> Plan:
    """Plan the recovery of an environment's stack. Only reads.

    Raises `PlatformError` when AWS cannot be asked, an operation runs, or the recovery would lose
    data, `UsageError` when `retain` or `skip` don't apply.
    """
    stack = stack_status.read(request.session, request.environment)
    if stack is not None and stack.in_progress:
        raise PlatformError(
            f"stack {stack.name} is {stack}: an operation is running",
            hint=f"wait until it ends: {stack.follow(request.session.region)}",
        )
    _check_options(request, stack)
    if stack is None or stack.deployable:
        return Plan(request.environment, stack)
    history = stack_events.read(request.session, stack)
    if stack.status in DELETION:
        return deletion.plan(request, stack, history)
    if stack.status in rollback.KINDS:
        return rollback.plan(request, stack, history)
    raise PlatformError(
        f"stack {stack.name} is {stack}: catalogctl cannot recover this status",
        hint="see the stack in the CloudFormation console",
    )


def _check_options(request: Request, stack: StackStatus | None) -> None:
    status = stack.status if stack else "absent"
    for option, given, wanted in (
        ("--retain", request.retain, "DELETE_FAILED"),
        ("--skip", request.skip, "UPDATE_ROLLBACK_FAILED"),
    ):
        if given and status != wanted:
            raise UsageError(
                f"{option}: applies to a stack that is {wanted}; {request.environment}'s is "
                f"{status}"
            )
