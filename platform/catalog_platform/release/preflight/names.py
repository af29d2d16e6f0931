"""Look for names of the template that something outside of the stack has.

CloudFormation creates a resource with a name that the template sets only if the name is free. A
deleted stack leaves its retained resources behind; the next deployment imports some of them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.release.imported import is_imported
from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.assembly import Resource
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.deployed import DeployedStack
from catalog_platform.release.preflight.model import (
    Check,
    Result,
    failed,
    not_checked,
    passed,
    warning,
)
from catalog_platform.release.preflight.name_lookups import LOOKUPS, NameLookup


def _run(context: Context) -> Iterator[Result]:
    stack = context.deployed()
    wanted = 0
    is_complete = True
    for lookup in LOOKUPS:
        # Several names can belong to resources of one type.
        names = _names(context, stack, lookup)
        wanted += len(names)
        if not names:
            continue
        try:
            taken = sorted({*lookup.taken(context.calls, frozenset(names))} & names.keys())
        except CallError as error:
            is_complete = False
            yield not_checked(f"{lookup.type}: {error.reason}")
            continue
        for name in taken:
            is_complete = False
            yield _taken(context, stack, lookup, name, names[name])
    if is_complete:
        yield passed(
            f"{wanted} new names are free" if wanted else "the stack adds no resource with a name"
        )


def _names(
    context: Context, stack: DeployedStack | None, lookup: NameLookup
) -> Mapping[str, Resource]:
    """Return the resources that the deployment creates, by their names."""
    found = {}
    for each in context.assembly.of_type(lookup.type):
        name = each.properties.text(lookup.property)
        if name is None:
            continue
        own = stack.resources.get(each.logical_id) if stack else None
        if own is None or own.physical_id != name:
            found[name] = each
    return found


def _taken(
    context: Context,
    stack: DeployedStack | None,
    lookup: NameLookup,
    name: str,
    resource: Resource,
) -> Result:
    other = next(
        (
            each.logical_id
            for each in (stack.of_type(lookup.type) if stack else ())
            if each.physical_id == name
        ),
        None,
    )
    if other is not None:
        return failed(
            f"{lookup.type} {name}: {resource.logical_id} needs the name that {other} of the same"
            " stack has; CloudFormation creates the new one first",
            hint=f"keep the logical id {other}, or choose another name: {lookup.key}",
            key=lookup.key,
        )
    holds = f" if you don't need its {lookup.data}" if lookup.data else ""
    outside = f"{lookup.type} {name} exists, and does not belong to stack {context.assembly.name}"
    # CloudFormation imports a resource that the stack does not have yet, and no replacement.
    is_new = stack is None or resource.logical_id not in stack.resources
    stated = resource.properties.values.get(lookup.property)
    if is_new and is_imported(lookup.type, resource.policy, stated):
        return warning(
            f"{outside}; the deployment imports it, unless it belongs to another stack",
            hint="it keeps its properties, such as its key: look for drift after the deployment"
            f" (docs/recover.md#deploying-again-after-a-deletion), or delete it before{holds}",
            key=lookup.key,
        )
    return failed(
        outside, hint=f"choose another name ({lookup.key}), or delete it{holds}", key=lookup.key
    )


CHECK = Check(
    name="names",
    looks_at="Whether the names that the template sets for new resources are free: "
    + ", ".join(f"`{each.type}`" for each in LOOKUPS)
    + ". What a deleted stack has left and the deployment imports is a warning.",
    blind_to="Whether another stack has what would be imported, which ends the deployment before"
    " anything changes; names that are created later, buckets of other accounts, and resources"
    " whose name AWS assigns.",
    actions=tuple(
        sorted({*deployed.ACTIONS, *(action for each in LOOKUPS for action in each.actions)})
    ),
    run=_run,
    on_embedded=True,
)
