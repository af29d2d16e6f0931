"""A creation or update of a stack, and what its rollback needs.

An operation is stored with its stack until it has succeeded or was rolled back, so that
RollbackStack and ContinueUpdateRollback work later, also after a restart of the emulator.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from ministack.services.cloudformation import engine, stacks

from embedded_aws.emulator.cloudformation.events import Record, Stack

KEY = "_operation"
# What an update that is rolled back restores.
RESTORED = (
    *("_template", "_template_body", "_resolved_params", "_conditions"),
    *("Parameters", "Tags", "Outputs", "Capabilities"),
)


@dataclass(slots=True)
class Change:
    """What an operation did to a resource.

    `applied` and `previous` are properties with the stack's tags. A replaced resource has another
    `physical_id` than before.
    """

    logical_id: str
    resource_type: str
    action: Literal["create", "import", "replace", "update"]
    physical_id: str
    applied: dict[str, Any] = field(default_factory=dict)
    previous: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    is_failed: bool = False


@dataclass(slots=True)
class Operation:
    """An operation; `previous` is the stack before an update, None for a creation."""

    stack: Stack
    template: dict[str, Any]
    parameters: dict[str, Any]
    previous: dict[str, Any] | None = None
    retain_except_on_create: bool = False
    changes: list[Change] = field(default_factory=list)

    @property
    def is_update(self) -> bool:
        """Return whether the stack existed before."""
        return self.previous is not None

    @property
    def definitions(self) -> dict[str, Any]:
        """Return the resources of the template."""
        return self.template.get("Resources") or {}

    @property
    def conditions(self) -> dict[str, bool]:
        """Return the conditions of the template with their values."""
        found: dict[str, bool] = engine._evaluate_conditions(self.template, self.parameters)
        return found

    @property
    def records(self) -> dict[str, Record]:
        """Return the resources of the stack."""
        found: dict[str, Record] = self.stack.setdefault("_resources", {})
        return found

    def existing(self, logical_id: str) -> Record | None:
        """Return the record of a resource that is to be updated, None if it is to be created."""
        record = self.records.get(logical_id) if self.is_update else None
        return record if record and record.get("ResourceStatus") != "CREATE_FAILED" else None

    def resolve(self, value: Any) -> Any:
        """Return a value of the template with its functions evaluated. Raises `ValueError`."""
        return engine._resolve_refs(
            copy.deepcopy(value),
            self.records,
            self.parameters,
            self.conditions,
            self.template.get("Mappings", {}),
            self.stack["StackName"],
            self.stack["StackId"],
        )

    def policy(self, logical_id: str, attribute: str) -> str:
        """Return a resource's `DeletionPolicy` or `UpdateReplacePolicy`."""
        return policy(self.stack, self.template, self.parameters, logical_id, attribute)

    def tagged(self, logical_id: str, kind: str, properties: Any, tags: Any) -> dict[str, Any]:
        """Return properties with the tags of the stack."""
        found: dict[str, Any] = stacks._with_stack_tags(
            kind, properties, tags, self.stack["StackName"], self.stack["StackId"], logical_id
        )
        return found

    def record(self, change: Change) -> None:
        """Add a change; a second change of a resource keeps what the first one knows of before."""
        earlier = next((c for c in self.changes if c.logical_id == change.logical_id), None)
        if earlier is not None:
            self.changes.remove(earlier)
            change.previous = earlier.previous
            if earlier.action != "update":
                change.action = earlier.action
        self.changes.append(change)
        self.store()

    def store(self) -> None:
        """Store the operation with its stack."""
        self.stack[KEY] = {
            "template": self.template,
            "parameters": self.parameters,
            "previous": self.previous,
            "retain_except_on_create": self.retain_except_on_create,
            "changes": [asdict(change) for change in self.changes],
        }

    def forget(self) -> None:
        """Remove the operation from its stack, because nothing is left to roll back."""
        self.stack.pop(KEY, None)
        self.stack.pop("_rollback_failed", None)


def stored(stack: Stack) -> Operation | None:
    """Return the operation that is stored with a stack."""
    found = stack.get(KEY)
    if not found:
        return None
    changes = [Change(**change) for change in found["changes"]]
    return Operation(stack, **{**found, "changes": changes})


def policy(
    stack: Stack,
    template: dict[str, Any],
    parameters: dict[str, Any],
    logical_id: str,
    attribute: str,
) -> str:
    """Return a policy of a resource in a template.

    Without one, it is `Snapshot` for a DB instance that belongs to no cluster, otherwise `Delete`:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    """
    found: str = stacks._resource_policy(
        (template.get("Resources") or {}).get(logical_id),
        attribute,
        stack.get("_resources", {}),
        parameters,
        engine._evaluate_conditions(template, parameters),
        template.get("Mappings", {}),
        stack["StackName"],
        stack["StackId"],
    )
    return found


def order(template: dict[str, Any], parameters: dict[str, Any]) -> list[str]:
    """Return the logical ids of a template's resources, dependencies first.

    Resources whose condition is false are left out. Raises `ValueError` for a cycle.
    """
    conditions = engine._evaluate_conditions(template, parameters)
    found: list[str] = engine._topological_sort(template.get("Resources") or {}, conditions)
    return found
