"""Delete what a successful update leaves behind: replaced and removed resources.

A failure does not fail the update: the resource is reported as DELETE_FAILED.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from embedded_aws.emulator.cloudformation import events, policies, provisioning
from embedded_aws.emulator.cloudformation.operation import Operation, order, policy
from embedded_aws.emulator.cloudformation.policies import Action
from embedded_aws.emulator.cloudformation.provisioning import Deletion, Target
from embedded_aws.emulator.cloudformation.removal import Removal

FAILED = "Update successful. One or more resources could not be deleted."


@dataclass(frozen=True, slots=True)
class Replaced:
    """A resource that was replaced."""

    logical_id: str
    resource_type: str
    physical_id: str
    properties: dict[str, Any]
    deletions: tuple[Deletion, ...]
    has_new_id: bool


async def run(operation: Operation, replaced: list[Replaced], removed: list[str]) -> None:
    """Delete replaced and removed resources, and complete the update."""
    stack = operation.stack
    events.set_status(stack, "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    replaced = [*_replaced_earlier(operation, replaced), *replaced]
    succeeded = [await _replaced(operation, found) for found in reversed(replaced)]
    removal = _removal(operation)
    # A resource that cannot be deleted stays in the stack, which tries again later.
    await removal.run(removed)
    is_clean = all(succeeded) and not removal.failed
    events.set_status(stack, "UPDATE_COMPLETE", "" if is_clean else FAILED)


def removed_resources(operation: Operation, kept: list[str]) -> list[str]:
    """Return the resources that the new template no longer has, dependents first."""
    previous = operation.previous or {}
    gone = set(operation.records) - set(kept)
    try:
        known = order(previous.get("_template") or {}, previous.get("_resolved_params") or {})
    except ValueError:
        known = []
    found = [logical_id for logical_id in reversed(known) if logical_id in gone]
    return [*sorted(gone - set(found)), *found]


def _replaced_earlier(operation: Operation, known: list[Replaced]) -> list[Replaced]:
    """Return what an update replaced that failed without a rollback, before this one."""
    deleted = {found.physical_id for found in known}
    previous = (operation.previous or {}).get("_resources") or {}
    return [
        Replaced(
            change.logical_id,
            change.resource_type,
            previous[change.logical_id]["PhysicalResourceId"],
            previous[change.logical_id].get("Properties") or {},
            (),
            has_new_id=True,
        )
        for change in operation.changes
        if change.action == "replace"
        and previous[change.logical_id]["PhysicalResourceId"] not in deleted
    ]


async def _replaced(operation: Operation, found: Replaced) -> bool:
    stack = operation.stack
    action = policies.removal(_replacement_policy(operation, found.logical_id))
    shown = (found.logical_id, found.resource_type)
    if action == "retain":
        if found.has_new_id:
            events.add(stack, *shown, "DELETE_SKIPPED", "", found.physical_id)
        return True
    target = Target(found.resource_type, found.logical_id, stack["StackName"])
    events.add(stack, *shown, "DELETE_IN_PROGRESS", "", found.physical_id)
    try:
        if action == "snapshot":
            await provisioning.snapshot(target, found.physical_id, found.properties)
        await provisioning.delete_replaced(target, found.deletions)
        if found.has_new_id:
            await provisioning.delete(target, found.physical_id, found.properties)
    except Exception as error:
        events.add(stack, *shown, "DELETE_FAILED", str(error), found.physical_id)
        return False
    events.add(stack, *shown, "DELETE_COMPLETE", "", found.physical_id)
    return True


def _replacement_policy(operation: Operation, logical_id: str) -> str:
    """Return the `UpdateReplacePolicy` of a resource.

    A template that follows a failed update may lack the resource that the update has replaced.
    """
    if logical_id in operation.definitions:
        return operation.policy(logical_id, "UpdateReplacePolicy")
    previous = operation.previous or {}
    template, parameters = previous.get("_template") or {}, previous.get("_resolved_params") or {}
    return policy(operation.stack, template, parameters, logical_id, "UpdateReplacePolicy")


def _removal(operation: Operation) -> Removal:
    stack, previous = operation.stack, operation.previous or {}
    template, parameters = previous.get("_template") or {}, previous.get("_resolved_params") or {}

    def action(logical_id: str) -> Action:
        return policies.removal(policy(stack, template, parameters, logical_id, "DeletionPolicy"))

    return Removal(stack, operation.records, template.get("Resources") or {}, action)
