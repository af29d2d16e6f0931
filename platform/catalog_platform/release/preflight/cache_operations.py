"""Look for operations under way on the deployed cache.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ReplicationGroup.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.cache_version import GROUP
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed, warning


def _run(context: Context) -> Iterator[Result]:
    groups = [
        identifier
        for each in context.assembly.of_type(GROUP)
        if (identifier := context.physical_id(each)) is not None
    ]
    if not groups:
        yield passed("no cache is deployed")
    for identifier in groups:
        try:
            response = context.calls.call(
                "elasticache", "DescribeReplicationGroups", ReplicationGroupId=identifier
            )
        except CallError as error:
            if error.code != "ReplicationGroupNotFoundFault":
                raise
            yield failed(
                f"{identifier} is in the stack, and does not exist",
                hint="somebody deleted it; replace it before you deploy",
            )
            continue
        group = response["ReplicationGroups"][0]
        status = str(group["Status"])
        if status == "available":
            yield passed(f"{identifier} is {status}")
        else:
            yield failed(
                f"{identifier} is {status}",
                hint="wait for its end: aws elasticache wait replication-group-available"
                f" --replication-group-id {identifier}",
            )
        pending = sorted(group.get("PendingModifiedValues") or ())
        if pending:
            yield warning(
                f"{identifier} has modifications that are not applied yet: {', '.join(pending)}",
                hint="wait for their end or for the maintenance window",
            )


CHECK = Check(
    name="cache-operations",
    looks_at="The status and pending modifications of the deployed cache.",
    blind_to="A snapshot or maintenance that starts later.",
    actions=("elasticache:DescribeReplicationGroups", *deployed.ACTIONS),
    run=_run,
    on_embedded=True,
)
