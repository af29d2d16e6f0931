"""Plan the deletion of a stack that can only be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_events import History
from catalog_platform.aws.stack_status import DELETED, REVIEW, StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release.recovery import contents, databases, resources
from catalog_platform.release.recovery.plan import Kind, Plan, Step
from catalog_platform.release.recovery.request import Request, check_ids
from catalog_platform.release.recovery.resources import DATABASE, StackResource


def plan(request: Request, stack: StackStatus, history: History) -> Plan:
    """Plan the deletion of a stack that was never complete, or whose deletion has failed.

    Protections are lifted only where the events prove that the stack was never complete. Raises
    `PlatformError` when the deletion would lose data, `UsageError` for unknown ids to retain.
    """
    session = request.session
    # In review, nothing has been executed.
    proven = history.never_completed or stack.status == REVIEW
    if stack.status == REVIEW:
        _check_no_change_set_runs(session, stack)
    if not proven and stack.status != "DELETE_FAILED":
        raise PlatformError(
            f"stack {stack.name} is {stack}, and its events don't prove that it was never complete",
            hint="see what it holds, and delete it in the CloudFormation console",
        )
    found = resources.read(session, stack)
    inside = [each for each in found if not each.is_left]
    check_ids("--retain", request.retain, [each.logical_id for each in inside])
    # The rollback of a creation also deletes what a deletion would retain.
    rolls_back = stack.status == "CREATE_FAILED"
    # What a retained resource refers to is in use, and its key is needed to read it.
    kept = resources.with_needs(inside, request.retain)
    deleted = [
        each
        for each in inside
        if each.logical_id not in kept and (rolls_back or not each.is_retained)
    ]
    contents.refuse_losses(session, stack, deleted, used=not proven)
    return Plan(
        request.environment,
        stack,
        _steps_of_deletion(session, stack, deleted, kept, proven=proven),
        history.newest,
        tuple(deleted),
        tuple(each for each in found if each not in deleted),
        history.failures,
        used=not proven,
    )


def _steps_of_deletion(
    session: Session,
    stack: StackStatus,
    deleted: Sequence[StackResource],
    kept: Iterable[str],
    *,
    proven: bool,
) -> tuple[Step, ...]:
    protected = databases.protected(session, [e.physical_id for e in deleted if e.type == DATABASE])
    if not proven and (protected or stack.protected):
        what = f"database {protected[0]}" if protected else "stack"
        raise PlatformError(
            f"stack {stack.name} is {stack}; it was complete before, and its {what} is protected "
            "against deletion",
            hint="turn the protection off yourself if the deletion is intended, or leave the "
            "database in the account: --retain LOGICAL_ID",
        )
    steps = [Step(Kind.UNPROTECT_DATABASE, database=name) for name in protected]
    if stack.protected:
        steps.append(Step(Kind.UNPROTECT_STACK))
    if stack.status == "CREATE_FAILED":
        # It deletes the stack where CloudFormation has no earlier state of it.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html
        steps.append(Step(Kind.ROLL_BACK, frozenset({"ROLLBACK_COMPLETE", DELETED})))
    steps.append(Step(Kind.DELETE, frozenset({DELETED}), logical_ids=tuple(sorted(kept))))
    return tuple(steps)


def _check_no_change_set_runs(session: Session, stack: StackStatus) -> None:
    with calling("cloudformation:ListChangeSets", f"stack {stack.name}"):
        pages = session.client("cloudformation").get_paginator("list_change_sets")
        found = [each for page in pages.paginate(StackName=stack.id) for each in page["Summaries"]]
    for each in found:
        if each.get("Status") in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            raise PlatformError(
                f"stack {stack.name} is {stack}, and its change set {each['ChangeSetName']} is "
                "being created: somebody deploys it now",
                hint="wait until that deployment ends",
            )
