"""Register resource types with the emulator's CloudFormation, or wrap existing ones.

A handler has `create(logical id, properties, stack name)`, `update(physical id, old, new, stack
name)` and `delete(physical id, properties)`. The first two return the physical id (`Ref`) and the
attributes (`Fn::GetAtt`). A `ValueError` fails the resource with its message: nothing has changed.
An `IncompleteError` says that the resource exists, or has changed, and must be deleted or reverted.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ministack.core import responses
from ministack.services.cloudformation import provisioners, stacks

from embedded_aws.emulator.clients import client

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, Any]]
Create = Callable[[str, Properties, str], Created]
Update = Callable[[str, Properties, Properties], Created]
Delete = Callable[[str, Properties], None]


class IncompleteError(ValueError):
    """A handler has failed after it had created or changed the resource `physical_id`."""

    def __init__(self, physical_id: str, reason: str) -> None:
        super().__init__(reason)
        self.physical_id = physical_id


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


@contextlib.contextmanager
def completing(physical_id: str) -> Iterator[None]:
    """Turn errors into `IncompleteError`: the handler has created or changed the resource."""
    try:
        yield
    except Exception as error:
        raise IncompleteError(physical_id, str(error)) from error


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
    *,
    check: Callable[[str, Properties | None, Properties], None] | None = None,
) -> None:
    """Run `then` after the emulator's handler has created or updated a resource.

    `check` raises `ValueError` before anything changes. Both get the physical id (empty before the
    creation), the old properties (None at creation) and the new ones.
    """
    may_block(resource_type)
    original = provisioners._RESOURCE_HANDLERS[resource_type]
    original_create, original_update = original["create"], original["update"]

    def create(logical: str, properties: Properties, stack: str) -> Created:
        if check:
            check("", None, properties)
        created: Created = original_create(logical, properties, stack)
        with completing(created[0]):
            then(created[0], None, properties)
        return created

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        if check:
            check(physical, old, new)
        with completing(physical):
            updated: Created = original_update(physical, old, new, *rest)
        with completing(updated[0]):
            then(updated[0], old if updated[0] == physical else None, new)
        return updated

    original.update(create=create, update=update)


def changed_tags(old: Properties, new: Properties) -> tuple[list[dict[str, str]], list[str]]:
    """Return the tags to add or change, and the keys of those to remove."""
    before, after = ({tag["Key"]: tag["Value"] for tag in tags(each)} for each in (old, new))
    added = [
        {"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value
    ]
    return added, [key for key in before if key not in after]


def tags(properties: Properties) -> list[dict[str, str]]:
    """Return the tags of a resource in the form of most APIs."""
    return [{"Key": tag["Key"], "Value": str(tag["Value"])} for tag in properties.get("Tags") or ()]
