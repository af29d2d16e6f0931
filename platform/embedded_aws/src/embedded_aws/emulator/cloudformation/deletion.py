"""Delete a stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
"""

from __future__ import annotations

from collections.abc import Collection

from ministack.core.responses import now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from embedded_aws.emulator.cloudformation import events, policies, rollback, running
from embedded_aws.emulator.cloudformation.events import Stack
from embedded_aws.emulator.cloudformation.operation import KEY, Operation, order, policy, stored
from embedded_aws.emulator.cloudformation.policies import Action
from embedded_aws.emulator.cloudformation.removal import Removal


async def delete(
    stack_name: str,
    stack_id: str,
    retain_resources: Collection[str] = (),
    force: bool = False,
) -> None:
    """Run DeleteStack in the background; replaces the emulator's function of these parameters.

    Resources that cannot be deleted stay in the stack, with what they depend on; it becomes
    DELETE_FAILED. `force` leaves both undeleted, and `retain_resources` leaves those named.
    """
    stack = cloudformation._stacks.get(stack_name)
    if stack is None or stack["StackId"] != stack_id:
        return
    async with running.exclusively(stack):
        was_rolled_back = stack.pop(running.DELETION_REQUESTED, "") == "ROLLBACK_COMPLETE"
        # The end of the emulator interrupted the creation: the deletion is its rollback.
        interrupted = stored(stack) if was_rolled_back else None
        events.set_status(stack, "DELETE_IN_PROGRESS", "User Initiated")
        removal = _removal(stack, retain_resources, interrupted, force=force)
        await removal.run(_dependents_first(stack))
        if removal.failed:
            events.set_status(stack, "DELETE_FAILED", events.listing("delete", removal.failed))
            return
        for output in stack.get("Outputs") or ():
            cloudformation._exports.pop(output.get("ExportName"), None)
        stack.pop(KEY, None)
        stack["DeletionTime"] = now_iso()
        events.set_status(stack, "DELETE_COMPLETE")


def _removal(
    stack: Stack, retained: Collection[str], interrupted: Operation | None, *, force: bool
) -> Removal:
    template, parameters = stack.get("_template") or {}, stack.get("_resolved_params") or {}
    records, definitions = stack.setdefault("_resources", {}), template.get("Resources") or {}
    kept = set(retained)
    if force:
        stuck = [
            name for name, found in records.items() if found["ResourceStatus"] == "DELETE_FAILED"
        ]
        kept |= stacks._with_dependencies(stuck, definitions, set(records))

    def action(logical_id: str) -> Action:
        if logical_id in kept:
            return "retain"
        if interrupted is not None:
            return rollback.action(interrupted, logical_id)
        return policies.removal(policy(stack, template, parameters, logical_id, "DeletionPolicy"))

    return Removal(stack, records, definitions, action, force)


def _dependents_first(stack: Stack) -> list[str]:
    """Return the stack's resources; those that the template does not have come first."""
    records = stack.get("_resources") or {}
    try:
        known = order(stack.get("_template") or {}, stack.get("_resolved_params") or {})
    except ValueError:
        known = list(records)
    found = [logical_id for logical_id in reversed(known) if logical_id in records]
    return [*(name for name in reversed(records) if name not in found), *found]
