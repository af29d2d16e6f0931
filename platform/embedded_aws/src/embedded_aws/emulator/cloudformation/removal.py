"""Delete, retain or snapshot resources of a stack, dependents first.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-console-delete-stack.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ministack.services.cloudformation import stacks

from embedded_aws.emulator.cloudformation import events, provisioning
from embedded_aws.emulator.cloudformation.events import Record, Stack
from embedded_aws.emulator.cloudformation.policies import Action
from embedded_aws.emulator.cloudformation.provisioning import Target


@dataclass(slots=True)
class Removal:
    """The removal of resources from `records`, where those that cannot be deleted stay.

    What such a resource depends on stays as well. With `force`, both leave the stack undeleted.
    """

    stack: Stack
    records: dict[str, Record]
    definitions: dict[str, Any]
    action: Callable[[str], Action]
    force: bool = False
    failed: list[str] = field(default_factory=list)
    _needed: set[str] = field(default_factory=set)

    async def run(self, logical_ids: Iterable[str]) -> None:
        """Remove resources; `failed` has those that could not be deleted."""
        for logical_id in logical_ids:
            record = self.records.get(logical_id)
            if record is not None:
                await self._remove(logical_id, record)

    async def _remove(self, logical_id: str, record: Record) -> None:
        if logical_id in self._needed and not self.force:
            return
        physical_id = record.get("PhysicalResourceId", "")
        action = "retain" if logical_id in self._needed else self.action(logical_id)
        if not physical_id or action == "retain":
            self._leave(logical_id, "DELETE_SKIPPED" if physical_id else "DELETE_COMPLETE")
            return
        kind = record["ResourceType"]
        events.add(self.stack, logical_id, kind, "DELETE_IN_PROGRESS", "", physical_id)
        target = Target(kind, logical_id, self.stack["StackName"])
        properties = record.get("Properties") or {}
        try:
            if action == "snapshot":
                await provisioning.snapshot(target, physical_id, properties)
            await provisioning.delete(target, physical_id, properties)
        except Exception as error:
            self._fail(logical_id, record, str(error))
            return
        self._leave(logical_id, "DELETE_COMPLETE")

    def _leave(self, logical_id: str, status: str, reason: str = "") -> None:
        record = self.records.pop(logical_id)
        physical_id = record.get("PhysicalResourceId", "")
        events.add(self.stack, logical_id, record["ResourceType"], status, reason, physical_id)

    def _fail(self, logical_id: str, record: Record, reason: str) -> None:
        remaining = set(self.records)
        self._needed |= stacks._with_dependencies([logical_id], self.definitions, remaining)
        if self.force:
            self._leave(logical_id, "DELETE_SKIPPED", reason)
            return
        events.fail(self.stack, logical_id, record, "DELETE_FAILED", reason)
        self.failed.append(logical_id)
