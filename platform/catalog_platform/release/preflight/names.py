"""Look for names of the template that something outside of the stack has.

CloudFormation creates a resource with a name that the template sets only if the name is free. A
deleted stack leaves its retained resources behind.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.deployed import DeployedStack
from catalog_platform.release.preflight.model import Check, Result, failed, not_checked, passed
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


def _names(context: Context, stack: DeployedStack | None, lookup: NameLookup) -> Mapping[str, str]:
    """Return the names of resources that the deployment creates, with their logical ids."""
    found = {}
    for each in context.assembly.of_type(lookup.type):
        name = each.properties.text(lookup.property)
        if name is None:
            continue
        own = stack.resources.get(each.logical_id) if stack else None
        if own is None or own.physical_id != name:
            found[name] = each.logical_id
    return found


def _taken(
    context: Context, stack: DeployedStack | None, lookup: NameLookup, name: str, logical_id: str
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
            f"{lookup.type} {name}: {logical_id} needs the name that {other} of the same stack has;"
            " CloudFormation creates the new one first",
            hint=f"keep the logical id {other}, or choose another name: {lookup.key}",
            key=lookup.key,
        )
    holds = f" if you don't need its {lookup.data}" if lookup.data else ""
    return failed(
        f"{lookup.type} {name} exists, and does not belong to stack {context.assembly.name}",
        hint="if a deleted stack has left it behind, adopt it: catalogctl recover"
        f" {context.environment}; otherwise choose another name ({lookup.key}), or delete it"
        f"{holds}",
        key=lookup.key,
    )


CHECK = Check(
    name="names",
    looks_at="Whether the names that the template sets for new resources are free: "
    + ", ".join(f"`{each.type}`" for each in LOOKUPS)
    + ".",
    blind_to="Names that are created later, buckets of other accounts, and resources whose name AWS"
    " assigns.",
    actions=tuple(
        sorted({*deployed.ACTIONS, *(action for each in LOOKUPS for action in each.actions)})
    ),
    run=_run,
    on_embedded=True,
)
