"""Register resource types with the emulator's CloudFormation, or wrap existing ones.

A handler has `create(logical id, properties, stack name)`, `update(physical id, old, new, stack
name)` and `delete(physical id, properties)`. The first two return the physical id (`Ref`) and the
attributes (`Fn::GetAtt`). A `ValueError` fails the resource with its message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import responses
from ministack.services.cloudformation import provisioners, stacks

from embedded_aws.emulator.clients import client

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties, str], Created]
Update = Callable[[str, Properties, Properties], Created]
Delete = Callable[[str, Properties], None]


_on_a_thread: set[str] = set()


def install() -> None:
    """Run our handlers on worker threads: they call the server that waits for them."""
    original = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda kind: kind in _on_a_thread or original(kind)


def may_block(resource_type: str) -> None:
    """Run the handlers of a type on worker threads."""
    _on_a_thread.add(resource_type)


def stack_client(service: str) -> Any:
    """Return a client for the account and region of the current stack."""
    return client(service, responses.get_account_id(), responses.get_region())


def register(
    resource_type: str, create: Create, delete: Delete, *, update: Update | None = None
) -> None:
    """Add a resource type that the emulator lacks.

    `update` changes a resource in place; without it, every change is a replacement. As on AWS, a
    replaced resource is deleted in the clean-up phase, and kept if the update is rolled back: the
    emulator does so when the physical id differs.
    """

    def replace(
        _physical: str, _old: Properties, new: Properties, stack: str, logical: str
    ) -> Created:
        return create(logical, new, stack)

    def change(
        physical: str, old: Properties, new: Properties, _stack: str, _logical: str
    ) -> Created:
        assert update is not None  # noqa: S101 - chosen below
        return update(physical, old, new)

    may_block(resource_type)
    provisioners._RESOURCE_HANDLERS[resource_type] = {
        "create": create,
        "update": change if update else replace,
        "update_with_logical_id": True,
        "delete": delete,
    }


def run_after(
    resource_type: str,
    then: Callable[[str, Properties | None, Properties], None],
) -> None:
    """Run `then` after the emulator's handler has created or updated a resource.

    `then` gets the physical id, the old properties (None at creation) and the new ones.
    """
    may_block(resource_type)
    original = provisioners._RESOURCE_HANDLERS[resource_type]
    original_create, original_update = original["create"], original["update"]

    def create(logical: str, properties: Properties, stack: str) -> Created:
        created: Created = original_create(logical, properties, stack)
        then(created[0], None, properties)
        return created

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        updated: Created = original_update(physical, old, new, *rest)
        then(updated[0], old if updated[0] == physical else None, new)
        return updated

    original.update(create=create, update=update)


def tags(properties: Properties) -> list[dict[str, str]]:
    """Return the tags of a resource in the form of most APIs."""
    return [{"Key": tag["Key"], "Value": str(tag["Value"])} for tag in properties.get("Tags") or ()]
