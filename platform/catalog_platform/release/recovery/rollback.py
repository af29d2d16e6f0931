"""Plan the rollback of an update that has failed."""

from __future__ import annotations

from catalog_platform.aws.stack_events import History
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.release.recovery import contents
from catalog_platform.release.recovery.plan import Kind, Plan, Step
from catalog_platform.release.recovery.request import Request, check_ids
from catalog_platform.release.recovery.resources import StackResource

KINDS = {"UPDATE_FAILED": Kind.ROLL_BACK, "UPDATE_ROLLBACK_FAILED": Kind.CONTINUE_ROLLBACK}
ROLLED_BACK = frozenset({"UPDATE_ROLLBACK_COMPLETE"})
# AWS refuses to delete these when they are not empty. A rollback then leaves them in the account.
NEVER_DELETED_WITH_CONTENTS = {"AWS::S3::Bucket", "AWS::Backup::BackupVault"}


def plan(request: Request, stack: StackStatus, history: History) -> Plan:
    """Plan a rollback, which deletes what the failed update has created.

    Raises `PlatformError` when that would lose data, `UsageError` for unknown ids to skip.
    """
    session, kind = request.session, KINDS[stack.status]
    check_ids("--skip", request.skip, not_rolled_back(history))
    created = [
        each for each in created_by_update(history) if each.type not in NEVER_DELETED_WITH_CONTENTS
    ]
    contents.refuse_losses(session, stack, created, used=True)
    return Plan(
        request.environment,
        stack,
        (Step(kind, ROLLED_BACK, logical_ids=request.skip),),
        history.newest,
        tuple(created),
        causes=history.failures,
    )


def not_rolled_back(history: History) -> set[str]:
    """Return the logical ids that a continued rollback can skip: those that are UPDATE_FAILED.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ContinueUpdateRollback.html
    """
    newest = {event.logical_id: event for event in reversed(history.last_operation)}
    return {
        name
        for name, event in newest.items()
        if event.status == "UPDATE_FAILED" and event.physical_id and not event.of_stack
    }


def created_by_update(history: History) -> tuple[StackResource, ...]:
    """Return the resources that the last operation has created and a rollback deletes.

    A resource that it replaced has a physical id that earlier events don't have.
    """
    recent = history.last_operation
    earlier = {
        (event.logical_id, event.physical_id)
        for event in history.events[len(recent) :]
        if event.physical_id
    }
    # The first event of an operation on a resource has the physical id from before it.
    before: dict[str, str] = {}
    created: dict[tuple[str, str], StackResource] = {}
    for event in reversed(recent):
        identity = (event.logical_id, event.physical_id)
        if event.of_stack or not event.physical_id:
            continue
        is_old = event.status.startswith(("UPDATE_", "DELETE_")) and event.logical_id not in before
        before.setdefault(event.logical_id, event.physical_id if is_old else "")
        if event.status == "DELETE_COMPLETE":
            created.pop(identity, None)
        elif identity not in earlier and event.physical_id != before[event.logical_id]:
            created[identity] = StackResource(*identity, event.type, event.status, "", "Delete")
    return tuple(created.values())
