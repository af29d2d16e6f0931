"""Look for operations under way on the deployed database instances.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.ModifyingExisting.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.assembly import Resource
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed, warning
from catalog_platform.release.preflight.store_quotas import INSTANCE

AVAILABLE = "available"
# The instance is available meanwhile, and only its storage can't be changed.
OPTIMIZING = "storage-optimization"
STORAGE = ("AllocatedStorage", "Iops", "StorageThroughput", "StorageType")


def _run(context: Context) -> Iterator[Result]:
    instances = [
        (each, identifier)
        for each in context.assembly.of_type(INSTANCE)
        if (identifier := context.physical_id(each)) is not None
    ]
    if not instances:
        yield passed("no database instance is deployed")
    for instance, identifier in instances:
        try:
            response = context.calls.call(
                "rds", "DescribeDBInstances", DBInstanceIdentifier=identifier
            )
        except CallError as error:
            if error.code != "DBInstanceNotFound":
                raise
            yield failed(
                f"{identifier} is in the stack, and does not exist",
                hint="somebody deleted it; restore it under this name before you deploy",
            )
            continue
        yield from _operations(context, instance, identifier, response["DBInstances"][0])


def _operations(
    context: Context, instance: Resource, identifier: str, found: Mapping[str, Any]
) -> Iterator[Result]:
    status = str(found["DBInstanceStatus"])
    if status == AVAILABLE:
        yield passed(f"{identifier} is {status}")
    else:
        yield _busy(context, instance, identifier, status)
    pending = sorted(found.get("PendingModifiedValues") or ())
    if pending:
        yield warning(
            f"{identifier} has modifications that are not applied yet: {', '.join(pending)}",
            hint="apply them first: aws rds modify-db-instance --apply-immediately"
            f" --db-instance-identifier {identifier}, or wait for the maintenance window",
        )


def _busy(context: Context, instance: Resource, identifier: str, status: str) -> Result:
    """Return whether an operation under way collides with what the deployment changes."""
    wait = (
        "wait for its end: aws rds wait db-instance-available --db-instance-identifier"
        f" {identifier}"
    )
    try:
        changed = _changed(context, instance)
    except CallError as error:
        return warning(
            f"{identifier} is {status}, and whether the deployment changes it is unknown:"
            f" {error.reason}",
            hint=wait,
        )
    storage = ", ".join(sorted(changed & {*STORAGE}))
    if status == OPTIMIZING and not storage:
        return passed(f"{identifier} is {status}; the deployment does not change its storage")
    if status == OPTIMIZING:
        return failed(
            f"{identifier} is {status}, and the deployment changes its storage ({storage}): RDS"
            " refuses it, and the rollback fails as well",
            hint=f"{wait}; RDS takes no second storage change for six hours",
            key="database.storage_gib",
        )
    if changed:
        return failed(
            f"{identifier} is {status}, and the deployment changes it"
            f" ({', '.join(sorted(changed))})",
            hint=wait,
        )
    return warning(f"{identifier} is {status}; the deployment does not change it", hint=wait)


def _changed(context: Context, instance: Resource) -> set[str]:
    """Return the properties that the deployment changes, from the deployed template."""
    old = context.deployed_template().get(instance.logical_id)
    names = {*instance.properties.values, *(old.properties.values if old else ())}
    return {name for name in names if not old or instance.properties.differs(old.properties, name)}


CHECK = Check(
    name="database-operations",
    looks_at="The status and pending modifications of the deployed database instances. An operation"
    " under way fails the check if the deployment changes the instance; storage optimization only"
    " if it changes the storage.",
    blind_to="A storage change within the last six hours that is finished: RDS refuses a second"
    " one; a backup or maintenance that starts later.",
    actions=("rds:DescribeDBInstances", *deployed.ACTIONS),
    run=_run,
    on_embedded=True,
)
