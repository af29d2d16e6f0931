"""Provision the resources of a template: only those that are new or have changed.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
"""

from __future__ import annotations

import copy
from typing import Any, NoReturn

from ministack.core.responses import now_iso
from ministack.services.cloudformation import engine, stacks

from embedded_aws.emulator.cloudformation import events, policies, provisioning
from embedded_aws.emulator.cloudformation.cleanup import Replaced
from embedded_aws.emulator.cloudformation.events import Record
from embedded_aws.emulator.cloudformation.operation import Change, Operation
from embedded_aws.emulator.cloudformation.provisioning import Provisioned, Target
from embedded_aws.emulator.handlers import IncompleteError

NEW_RESOURCE = (
    "Requested update requires the creation of a new physical resource; hence creating one."
)


class StoppedError(Exception):
    """The operation ends: it has failed, or the user has cancelled it."""


class Resources:
    """The resources of an operation; `replaced` are deleted when it has succeeded."""

    def __init__(self, operation: Operation, imports: dict[str, Any]) -> None:
        self.operation = operation
        self.imports = imports
        self.replaced: list[Replaced] = []

    async def provision(self, logical_id: str) -> None:
        """Create, adopt or update a resource. Raises `StoppedError`."""
        operation = self.operation
        record = operation.existing(logical_id)
        kind = operation.definitions[logical_id].get("Type") or provisioning.CUSTOM
        target = Target(kind, logical_id, operation.stack["StackName"])
        try:
            properties, dynamic = self._properties(logical_id, record)
        except Exception as error:
            if record is None:
                self._fail_creation(target, str(error))
            self._fail(target, record, str(error), self._change(target, record))
        if record is not None:
            await self._update(target, record, properties, dynamic)
        elif logical_id in self.imports:
            self._import(target, properties)
        else:
            await self._create(target, properties, dynamic)

    def _properties(
        self, logical_id: str, record: Record | None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the properties of a resource, and the values of its dynamic references."""
        operation = self.operation
        definition = operation.definitions[logical_id]
        previous = operation.previous or {}
        earlier = previous.get("_template") or {}
        found = {
            name: value
            for name, value in operation.resolve(definition.get("Properties") or {}).items()
            if value is not engine._NO_VALUE
        }
        is_same_stack = operation.template == earlier and operation.parameters == previous.get(
            "_resolved_params"
        )
        resolved: tuple[dict[str, Any], dict[str, Any]] = engine._resolve_dynamic_references(
            found,
            (record or {}).get("_dynamic"),
            reuse_ssm=operation.is_update and is_same_stack,
            reuse_secrets=record is not None
            and earlier.get("Resources", {}).get(logical_id) == definition,
        )
        return resolved

    async def _create(
        self, target: Target, properties: dict[str, Any], dynamic: dict[str, Any]
    ) -> None:
        operation, shown = self.operation, (target.logical_id, target.resource_type)
        events.add(operation.stack, *shown, "CREATE_IN_PROGRESS")
        tagged = operation.tagged(*shown, properties, operation.stack.get("Tags"))
        left = operation.records.get(target.logical_id) or {}
        made = left.get("PhysicalResourceId", "")
        try:
            if made:
                # A creation that failed without a rollback is deleted by the next operation:
                # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
                await provisioning.delete(target, made, left.get("Properties") or {})
                made = ""
            created = await provisioning.create(target, tagged)
        except Exception as error:
            made = error.physical_id if isinstance(error, IncompleteError) else made
            self._fail_creation(target, str(error), made, properties)
        self._write(target, created, properties, dynamic, "CREATE_COMPLETE")
        events.add(operation.stack, *shown, "CREATE_COMPLETE", "", created.physical_id)
        operation.record(Change(*shown, "create", created.physical_id))

    def _import(self, target: Target, properties: dict[str, Any]) -> None:
        operation, shown = self.operation, (target.logical_id, target.resource_type)
        stack = operation.stack
        identifier = self.imports[target.logical_id]
        try:
            physical_id, attributes = stacks._adopt_resource(
                stack["StackId"], stack["StackName"], *shown, identifier
            )
        except Exception as error:
            events.add(stack, *shown, "IMPORT_FAILED", str(error))
            for status in ("IMPORT_ROLLBACK_IN_PROGRESS", "IMPORT_ROLLBACK_COMPLETE"):
                events.add(stack, *shown, status)
            raise StoppedError(events.listing("import", [target.logical_id])) from error
        imported = Provisioned(physical_id, attributes)
        self._write(target, imported, properties, {}, "UPDATE_COMPLETE")
        operation.record(Change(*shown, "import", physical_id))

    async def _update(
        self, target: Target, record: Record, properties: dict[str, Any], dynamic: dict[str, Any]
    ) -> None:
        operation, shown = self.operation, (target.logical_id, target.resource_type)
        kind, physical_id = target.resource_type, record["PhysicalResourceId"]
        change = self._change(target, record)
        old = change.previous
        new = operation.tagged(*shown, properties, operation.stack.get("Tags"))
        if old == new and record.get("ResourceStatus") != "UPDATE_FAILED":
            return
        refused = provisioning.refusal(kind, old, new)
        replaces = not refused and provisioning.is_replacement(kind, old, new)
        reason = NEW_RESOURCE if replaces else ""
        events.add(operation.stack, *shown, "UPDATE_IN_PROGRESS", reason, physical_id)
        if refused:
            self._fail(target, record, refused, change)
        try:
            updated = await provisioning.update(
                target,
                physical_id,
                old,
                new,
                attributes=change.attributes,
                seed=record.get("_name_seed", ""),
                retains_replaced=self._retains(target),
            )
        except Exception as error:
            if not replaces or isinstance(error, IncompleteError):
                await self._undo(target, error, change, new)
            self._fail(target, record, str(error), change)
        self._note_replacement(target, record, updated, change)
        change.applied = new
        self._write(target, updated, properties, dynamic, "UPDATE_COMPLETE")
        events.add(operation.stack, *shown, "UPDATE_COMPLETE", "", updated.physical_id)
        operation.record(change)

    async def _undo(self, target: Target, error: Exception, change: Change, new: Any) -> None:
        """Undo what a failed update has changed; if that fails, it is left to the rollback."""
        if not isinstance(error, IncompleteError):
            if provisioning.may_change_before_failing(target.resource_type):
                change.applied = new
            return
        try:
            if error.physical_id != change.physical_id:
                await provisioning.delete(target, error.physical_id, new)
                return
            seed = self.operation.records[target.logical_id].get("_name_seed", "")
            await provisioning.update(
                target,
                change.physical_id,
                new,
                change.previous,
                attributes=change.attributes,
                seed=seed,
                defers_deletion=False,
            )
        except Exception:
            if error.physical_id == change.physical_id:
                change.applied = new

    def _change(self, target: Target, record: Record) -> Change:
        """Return an update of a resource that has not changed anything yet."""
        operation, shown = self.operation, (target.logical_id, target.resource_type)
        tags = (operation.previous or {}).get("Tags")
        properties = operation.tagged(*shown, record.get("Properties") or {}, tags)
        attributes = dict(record.get("Attributes") or {})
        physical_id = record["PhysicalResourceId"]
        return Change(*shown, "update", physical_id, properties, properties, attributes)

    def _retains(self, target: Target) -> bool:
        policy = self.operation.policy(target.logical_id, "UpdateReplacePolicy")
        return policies.removal(policy) == "retain"

    def _note_replacement(
        self, target: Target, record: Record, updated: Provisioned, change: Change
    ) -> None:
        """Remember the replaced resource."""
        has_new_id = updated.physical_id != change.physical_id
        if has_new_id or updated.deletions:
            self.replaced.append(
                Replaced(
                    target.logical_id,
                    target.resource_type,
                    change.physical_id,
                    copy.deepcopy(record.get("Properties") or {}),
                    updated.deletions,
                    has_new_id,
                )
            )
            change.action, change.physical_id = "replace", updated.physical_id
        change.attributes = updated.attributes

    def _fail_creation(
        self,
        target: Target,
        reason: str,
        made: str = "",
        properties: dict[str, Any] | None = None,
    ) -> NoReturn:
        """Record a failed creation; `made` is the physical id of what exists nevertheless.

        Raises `StoppedError`.
        """
        self._write(target, Provisioned(made, {}), properties or {}, {}, "CREATE_FAILED")
        change = Change(target.logical_id, target.resource_type, "create", made)
        self._fail(target, self.operation.records[target.logical_id], reason, change)

    def _fail(self, target: Target, record: Record, reason: str, change: Change) -> NoReturn:
        """Record the failure of a resource. Raises `StoppedError`."""
        operation = self.operation
        verb = "update" if change.action == "update" else "create"
        events.fail(operation.stack, target.logical_id, record, f"{verb.upper()}_FAILED", reason)
        change.is_failed = True
        operation.record(change)
        raise StoppedError(events.listing(verb, [target.logical_id]))

    def _write(
        self,
        target: Target,
        found: Provisioned,
        properties: dict[str, Any],
        dynamic: dict[str, Any],
        status: str,
    ) -> None:
        self.operation.records[target.logical_id] = {
            "PhysicalResourceId": found.physical_id,
            "ResourceType": target.resource_type,
            "ResourceStatus": status,
            "LogicalResourceId": target.logical_id,
            "Properties": properties,
            "Attributes": found.attributes,
            "Timestamp": now_iso(),
            **({"_dynamic": dynamic} if dynamic else {}),
            **({"_name_seed": found.seed} if found.seed else {}),
        }
