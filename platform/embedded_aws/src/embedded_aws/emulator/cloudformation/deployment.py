"""Create or update a stack.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from __future__ import annotations

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from embedded_aws.emulator.cloudformation import cleanup, events, exports, rollback, running
from embedded_aws.emulator.cloudformation.operation import Operation, order, stored
from embedded_aws.emulator.cloudformation.resources import Resources, StoppedError
from embedded_aws.emulator.cloudformation.rollback_triggers import Watch

CANCELLED = "User Initiated"
INVALID_PROPERTIES = "The properties of the template are invalid."


async def deploy(
    stack_name: str,
    stack_id: str,
    template: dict[str, Any],
    param_values: dict[str, Any],
    disable_rollback: bool,
    tags: Any,
    is_update: bool = False,
    previous_stack: dict[str, Any] | None = None,
    retain_except_on_create: bool = False,
    imports: dict[str, Any] | None = None,
) -> None:
    """Run the operation in the background; replaces the emulator's function of these parameters.

    `imports` has the identifiers of resources to adopt, by logical id.
    """
    stack = cloudformation._stacks[stack_name]
    async with running.exclusively(stack):
        operation = Operation(
            stack,
            template,
            param_values,
            (previous_stack or {}) if is_update else None,
            retain_except_on_create,
        )
        resources = Resources(operation, imports or {})
        await Deployment(resources).run(disable_rollback=disable_rollback)


class Deployment:
    """The run of an operation."""

    def __init__(self, resources: Resources) -> None:
        self._resources = resources
        self._operation = resources.operation
        self._stack = resources.operation.stack

    async def run(self, *, disable_rollback: bool) -> None:
        """Provision all resources; roll back when that fails."""
        operation, stack = self._operation, self._stack
        self._begin()
        try:
            kept = self._order()
            if self._fails_validation(kept, disable_rollback=disable_rollback):
                await self._end_failed_validation(disable_rollback=disable_rollback)
                return
            await self._provision(kept)
            outputs, exported = self._outputs(kept)
        except StoppedError as error:
            if not stack.get(running.DELETION_REQUESTED):
                await rollback.fail(operation, str(error), disable_rollback=disable_rollback)
            return
        exports.replace(stack, exported)
        stack.update(
            _template=operation.template, _resolved_params=operation.parameters, Outputs=outputs
        )
        operation.forget()
        if operation.is_update:
            removed = cleanup.removed_resources(operation, kept)
            await cleanup.run(operation, self._resources.replaced, removed)
        else:
            events.set_status(stack, "CREATE_COMPLETE")

    def _begin(self) -> None:
        operation, stack = self._operation, self._stack
        stack.pop("_cancel_requested", None)
        stack.pop("_cancel_token", None)
        earlier = stored(stack)
        if operation.is_update and earlier is not None and earlier.is_update:
            # The update goes on after one that failed without a rollback: both are rolled back.
            operation.previous, operation.changes = earlier.previous, earlier.changes
        if not operation.is_update:
            # A deletion after a failed creation needs the template's dependencies and policies.
            stack.update(_template=operation.template, _resolved_params=operation.parameters)
        operation.store()

    def _order(self) -> list[str]:
        operation = self._operation
        try:
            found = order(operation.template, operation.parameters)
        except ValueError as error:
            raise StoppedError(str(error)) from error
        retyped = [
            name
            for name in found
            if (record := operation.existing(name))
            and record["ResourceType"] != operation.definitions[name].get("Type")
        ]
        if retyped:
            raise StoppedError(
                "Update of resource type is not permitted. The new template modifies resource type"
                f" of the following resources: [{', '.join(retyped)}]"
            )
        return found

    def _fails_validation(self, kept: list[str], *, disable_rollback: bool) -> bool:
        operation, stack = self._operation, self._stack
        if stack.get("_disable_validation"):
            return False
        # The emulator reports a rollback at once; that of an earlier update takes place first.
        only_reports = disable_rollback or bool(operation.changes)
        failed: bool = stacks._fail_property_validation(
            stack,
            stack["StackId"],
            stack["StackName"],
            operation.definitions,
            [name for name in kept if name not in self._resources.imports],
            operation.parameters,
            operation.conditions,
            operation.template.get("Mappings", {}),
            only_reports,
            previous_stack=operation.previous,
        )
        return failed

    async def _end_failed_validation(self, *, disable_rollback: bool) -> None:
        """Roll back the earlier update that this one goes on with, if there is one."""
        if not self._operation.changes:
            self._operation.forget()
        elif not disable_rollback:
            await rollback.roll_back(self._operation, INVALID_PROPERTIES)

    async def _provision(self, kept: list[str]) -> None:
        """Provision the resources and wait for the monitoring time. Raises `StoppedError`."""
        watch = Watch(self._stack)
        async with watch.running():
            for logical_id in kept:
                self._stop_if_needed(watch)
                await self._resources.provision(logical_id)
            await watch.monitor(self._is_stopped)
            self._stop_if_needed(watch)

    def _is_stopped(self) -> bool:
        return bool(
            self._stack.get("_cancel_requested") or self._stack.get(running.DELETION_REQUESTED)
        )

    def _stop_if_needed(self, watch: Watch) -> None:
        if self._stack.pop("_cancel_requested", False):
            # The events of the rollback belong to the request that cancels.
            stacks.CLIENT_REQUEST_TOKEN.set(self._stack.pop("_cancel_token", ""))
            raise StoppedError(CANCELLED)
        if self._stack.get(running.DELETION_REQUESTED):
            raise StoppedError(CANCELLED)
        if watch.breach:
            raise StoppedError(watch.breach)

    def _outputs(self, kept: list[str]) -> tuple[list[Any], dict[str, Any]]:
        """Return outputs and exports. Raises `StoppedError` if one is not possible."""
        operation = self._operation
        surviving = {name: operation.records[name] for name in kept}
        try:
            found: tuple[list[Any], dict[str, Any]] = stacks._resolve_stack_outputs(
                operation.template.get("Outputs") or {},
                operation.conditions,
                surviving,
                operation.parameters,
                operation.template.get("Mappings", {}),
                self._stack["StackName"],
                self._stack["StackId"],
            )
        except Exception as error:
            raise StoppedError(str(error)) from error
        refused = exports.refusal(self._stack, found[1])
        if refused:
            raise StoppedError(refused)
        return found
