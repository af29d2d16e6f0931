"""Create, update, replace and delete one resource with the handler of its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ministack.core.concurrency import run_reentrant
from ministack.services import rds
from ministack.services.cloudformation import changesets, provisioners, stacks

from embedded_aws.emulator.cloudformation import replacement

DATABASE = "AWS::RDS::DBInstance"
CUSTOM = "AWS::CloudFormation::CustomResource"
Properties = Mapping[str, Any]
Result = TypeVar("Result")
Deletion = tuple[Callable[..., None], tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Provisioned:
    """A resource after its creation or update.

    `seed` distinguishes the generated name from that of an earlier instance. `deletions` are the
    calls that delete the replaced resource.
    """

    physical_id: str
    attributes: dict[str, Any]
    seed: str = ""
    deletions: tuple[Deletion, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """The resource that a handler is called for."""

    resource_type: str
    logical_id: str
    stack_name: str


async def create(target: Target, properties: Properties) -> Provisioned:
    """Create a resource. Raises what its handler raises."""

    def call() -> Provisioned:
        _refuse_taken_name(target.resource_type, properties)
        token = provisioners._NAME_SEED.set("")
        try:
            physical_id, attributes = provisioners._provision_resource(
                target.resource_type, target.logical_id, properties, target.stack_name
            )
            return Provisioned(physical_id, attributes or {}, provisioners._NAME_SEED.get())
        finally:
            provisioners._NAME_SEED.reset(token)

    return await _run(target.resource_type, call)


def refusal(resource_type: str, old: Properties, new: Properties) -> str | None:
    """Return why an update of a resource is refused before its handler is called, or None."""
    if is_custom(resource_type) and old.get("ServiceToken") != new.get("ServiceToken"):
        return "Modifying service token is not allowed."
    found: str | None = replacement.refusal(
        resource_type, old, new
    ) or provisioners._custom_named_replacement_error(resource_type, old, new)
    return found


def is_custom(resource_type: str) -> bool:
    """Return whether a type is a custom resource."""
    return resource_type.startswith("Custom::") or resource_type == CUSTOM


def may_change_before_failing(resource_type: str) -> bool:
    """Return whether a failed update must be undone: a provider or a nested stack ran it."""
    return is_custom(resource_type) or resource_type == "AWS::CloudFormation::Stack"


def is_replacement(resource_type: str, old: Properties, new: Properties) -> bool:
    """Return whether an update creates a new resource."""
    return replacement.replaces(resource_type, old, new) or bool(
        provisioners._replacing_change(resource_type, old, new)
    )


async def update(
    target: Target,
    physical_id: str,
    old: Properties,
    new: Properties,
    *,
    attributes: Mapping[str, Any],
    seed: str = "",
    retains_replaced: bool = False,
    defers_deletion: bool = True,
) -> Provisioned:
    """Update a resource, or create its replacement. Raises what its handler raises."""

    def call() -> Provisioned:
        deletions: list[Deletion] | None = [] if defers_deletion else None
        tokens = (
            (provisioners._NAME_SEED, provisioners._NAME_SEED.set(seed)),
            (
                provisioners._RETAIN_REPLACED,
                provisioners._RETAIN_REPLACED.set(retains_replaced),
            ),
            (
                provisioners._DEFERRED_PREDECESSOR_DELETES,
                provisioners._DEFERRED_PREDECESSOR_DELETES.set(deletions),
            ),
        )
        try:
            found, shown = _updated(target, physical_id, old, new, attributes)
            return Provisioned(
                found, shown or {}, provisioners._NAME_SEED.get(), tuple(deletions or ())
            )
        finally:
            for variable, token in tokens:
                variable.reset(token)

    return await _run(target.resource_type, call)


def _updated(
    target: Target, physical_id: str, old: Properties, new: Properties, attributes: Any
) -> Any:
    kind = target.resource_type
    if is_replacement(kind, old, new):
        _refuse_taken_name(kind, new)
        return provisioners._replace_resource(
            kind, physical_id, old, new, target.stack_name, target.logical_id
        )
    absent = missing(kind, physical_id)
    if absent is not None:
        raise ValueError(absent)
    return provisioners._update_resource(
        kind, physical_id, old, new, target.stack_name, target.logical_id, attributes
    )


async def delete(target: Target, physical_id: str, properties: Properties) -> None:
    """Delete a resource, unless it no longer exists. Raises what its handler raises."""

    def call() -> None:
        if missing(target.resource_type, physical_id) is None:
            provisioners._delete_resource(
                target.resource_type, physical_id, properties, target.stack_name, target.logical_id
            )

    await _run(target.resource_type, call)


async def snapshot(target: Target, physical_id: str, properties: Properties) -> None:
    """Take a snapshot of a resource, if its type has some. Raises what its handler raises.

    RDS takes it when it deletes the instance, so one that is protected has no snapshot.
    """

    def call() -> None:
        instance = rds._instances.get(physical_id) if target.resource_type == DATABASE else None
        if instance and instance.get("DeletionProtection"):
            return
        provisioners._snapshot_resource(target.resource_type, physical_id, properties)

    await _run(target.resource_type, call)


async def delete_replaced(target: Target, deletions: tuple[Deletion, ...]) -> None:
    """Run the calls that delete a replaced resource."""

    def call() -> None:
        for function, arguments, named in deletions:
            function(*arguments, **named)

    await _run(target.resource_type, call)


def _refuse_taken_name(resource_type: str, properties: Properties) -> None:
    """Raise `ValueError` if a resource has the name that the template sets.

    The emulator would take it over, or replace it.
    """
    keys, problem = changesets._IMPORT_LOOKUPS.get(resource_type, ((), None))
    name = properties.get(keys[0]) if len(keys) == 1 else None
    if name and problem is not None and problem(name) is None:
        raise ValueError(
            f"Resource of type '{resource_type}' with identifier '{name}' already exists."
        )


def missing(resource_type: str, physical_id: str) -> str | None:
    """Return AWS's message if somebody has deleted a resource without CloudFormation, or None.

    The emulator knows this of types that can be imported. Its handlers would create the resource
    anew.
    """
    keys, problem = changesets._IMPORT_LOOKUPS.get(resource_type, ((), None))
    if len(keys) != 1 or problem is None:
        return None
    found: str | None = problem(physical_id)
    return found


async def _run(resource_type: str, call: Callable[[], Result]) -> Result:
    """Run a handler, on a thread if it may block."""
    if stacks._runs_on_worker_thread(resource_type):
        found: Result = await run_reentrant(call)
        return found
    return call()
