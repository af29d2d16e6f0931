"""Roll back an operation that has failed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-continueupdaterollback.html
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Collection
from typing import Any

from ministack.services import cloudformation

from embedded_aws.emulator.cloudformation import events, policies, provisioning, running
from embedded_aws.emulator.cloudformation.events import Record, Stack
from embedded_aws.emulator.cloudformation.operation import (
    RESTORED,
    Change,
    Operation,
    stored,
)
from embedded_aws.emulator.cloudformation.policies import Action
from embedded_aws.emulator.cloudformation.provisioning import Target
from embedded_aws.emulator.cloudformation.removal import Removal

REQUESTED = "Rollback requested by user."
SKIPPED = "Resource rollback skipped by user"


async def fail(operation: Operation, reason: str, *, disable_rollback: bool) -> None:
    """End an operation that has failed, with a rollback unless that is disabled."""
    if disable_rollback:
        status = "UPDATE_FAILED" if operation.is_update else "CREATE_FAILED"
        operation.store()
        events.set_status(operation.stack, status, reason)
        return
    await roll_back(operation, reason if operation.is_update else f"{reason}{REQUESTED}")


async def roll_back(operation: Operation, reason: str) -> None:
    """Undo what an operation did."""
    if operation.is_update:
        events.set_status(operation.stack, "UPDATE_ROLLBACK_IN_PROGRESS", reason)
        await _undo_update(operation)
    else:
        events.set_status(operation.stack, "ROLLBACK_IN_PROGRESS", reason)
        await _undo_creation(operation)


async def roll_back_stack(
    stack_name: str,
    stack_id: str,
    stack: Stack,
    operation: dict[str, Any],
    reason_override: str = "",
) -> None:
    """Run RollbackStack in the background; replaces the emulator's function.

    `operation` is what the emulator knows of the failed operation; ours is stored with the stack.
    """
    async with running.exclusively(stack):
        found = stored(stack) or Operation(
            stack,
            operation.get("template") or {},
            operation.get("param_values") or {},
            operation.get("previous_stack") if operation.get("is_update") else None,
        )
        if operation.get("retain_except_on_create"):
            found.retain_except_on_create = True
        await roll_back(found, reason_override)


async def continue_rollback(
    stack_name: str, stack_id: str, resources_to_skip: Collection[str]
) -> None:
    """Run ContinueUpdateRollback in the background; replaces the emulator's function.

    Skipped resources stay as they are, and count as rolled back.
    """
    stack = cloudformation._stacks[stack_name]
    async with running.exclusively(stack):
        operation = stored(stack)
        events.set_status(stack, "UPDATE_ROLLBACK_IN_PROGRESS", "User Initiated")
        if operation is None:
            events.set_status(stack, "UPDATE_ROLLBACK_COMPLETE")
            return
        for change in operation.changes:
            if change.logical_id in resources_to_skip:
                change.applied, change.is_failed = change.previous, False
                shown = (change.logical_id, change.resource_type, "UPDATE_COMPLETE", SKIPPED)
                events.add(stack, *shown, change.physical_id)
        await _undo_update(operation)


async def _undo_update(operation: Operation) -> None:
    """Send resources back to their earlier properties, then delete those that are new."""
    stack = operation.stack
    failed = []
    for change in operation.changes:
        if not await _revert(operation, change):
            failed.append(change.logical_id)
        operation.store()
    if failed:
        # ContinueUpdateRollback accepts these to be skipped.
        stack["_rollback_failed"] = {logical_id: {} for logical_id in failed}
        events.set_status(stack, "UPDATE_ROLLBACK_FAILED", events.listing("update", failed))
        return
    created = {
        change.logical_id: operation.records[change.logical_id]
        for change in operation.changes
        if change.action != "update" and change.logical_id in operation.records
    }
    _restore(operation)
    operation.forget()
    events.set_status(stack, "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
    # A failure is reported for the resource only: it no longer belongs to the stack.
    await _delete_created(operation, created)
    events.set_status(stack, "UPDATE_ROLLBACK_COMPLETE")


async def _undo_creation(operation: Operation) -> None:
    """Delete all resources; those that cannot be deleted stay in the stack."""
    removal = await _delete_created(operation, operation.records)
    operation.forget()
    if removal.failed:
        reason = events.listing("delete", removal.failed)
        events.set_status(operation.stack, "ROLLBACK_FAILED", reason)
    else:
        events.set_status(operation.stack, "ROLLBACK_COMPLETE")


async def _revert(operation: Operation, change: Change) -> bool:
    """Send a resource back; return whether that succeeded."""
    stack, shown = operation.stack, (change.logical_id, change.resource_type)
    earlier = (operation.previous or {}).get("_resources", {}).get(change.logical_id)
    if change.action in ("create", "import") or earlier is None:
        return True
    if change.action == "replace" or change.applied == change.previous:
        if change.action == "replace" or change.is_failed:
            events.mark(earlier, "UPDATE_COMPLETE")
            events.add(stack, *shown, "UPDATE_COMPLETE", "", earlier["PhysicalResourceId"])
        change.is_failed = False
        return True
    events.add(stack, *shown, "UPDATE_IN_PROGRESS", "", change.physical_id)
    try:
        reverted = await provisioning.update(
            Target(change.resource_type, change.logical_id, stack["StackName"]),
            change.physical_id,
            change.applied,
            change.previous,
            attributes=change.attributes,
            seed=earlier.get("_name_seed", ""),
            defers_deletion=False,
        )
    except Exception as error:
        record = operation.records.setdefault(change.logical_id, earlier)
        events.fail(stack, change.logical_id, record, "UPDATE_FAILED", str(error))
        return False
    change.applied, change.is_failed = change.previous, False
    earlier["PhysicalResourceId"] = reverted.physical_id
    earlier["Attributes"] = {**(earlier.get("Attributes") or {}), **reverted.attributes}
    events.mark(earlier, "UPDATE_COMPLETE")
    events.add(stack, *shown, "UPDATE_COMPLETE", "", reverted.physical_id)
    return True


def _restore(operation: Operation) -> None:
    """Return the stack to what it was before the update."""
    previous = operation.previous or {}
    stack = operation.stack
    stack["_resources"] = copy.deepcopy(previous.get("_resources") or {})
    stack.update({key: previous[key] for key in RESTORED if key in previous})


def action(operation: Operation, logical_id: str) -> Action:
    """Return what happens to a resource that the operation has created."""
    return policies.rollback_of_creation(
        operation.policy(logical_id, "DeletionPolicy"),
        retain_except_on_create=operation.retain_except_on_create,
    )


async def _delete_created(operation: Operation, records: dict[str, Record]) -> Removal:
    """Delete what the operation created from `records`, and release what it adopted."""
    stack = operation.stack
    adopted = [change for change in reversed(operation.changes) if change.action == "import"]
    for change in adopted:
        record = records.pop(change.logical_id, {})
        shown = (change.logical_id, change.resource_type)
        for status in ("IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"):
            events.add(stack, *shown, status, "", record.get("PhysicalResourceId", ""))

    removal = Removal(stack, records, operation.definitions, functools.partial(action, operation))
    created = [change.logical_id for change in reversed(operation.changes)]
    await removal.run(created)
    return removal
