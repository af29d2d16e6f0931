"""Look whether ElastiCache offers the node type, as far as it tells.

ElastiCache has no call that lists the node types of a region. Reserved nodes are offered for those
that it sells, and a deployed group has a list of types that it can be changed to.
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ListAllowedNodeTypeModifications.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeReservedCacheNodesOfferings.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.cache_version import GROUP
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed, warning

KEY = "cache.node_type"


def _run(context: Context) -> Iterator[Result]:
    groups = context.assembly.of_type(GROUP)
    if not groups:
        yield passed("the template has no cache")
    for group in groups:
        wanted = group.properties.text("CacheNodeType")
        if wanted is None:
            continue
        identifier = context.physical_id(group)
        if identifier is None:
            yield _sold(context, wanted)
        else:
            yield _changed(context, identifier, wanted)


def _sold(context: Context, wanted: str) -> Result:
    offerings = context.calls.pages(
        "elasticache",
        "DescribeReservedCacheNodesOfferings",
        "ReservedCacheNodesOfferings",
        CacheNodeType=wanted,
    )
    try:
        is_sold = next(offerings, None) is not None
    except CallError as error:
        if error.code not in ("ReservedCacheNodesOfferingNotFound", "InvalidParameterValue"):
            raise
        is_sold = False
    if is_sold:
        return passed(f"ElastiCache sells {wanted} in {context.assembly.region}")
    return warning(
        f"ElastiCache offers no reserved {wanted} in {context.assembly.region}, so it may not offer"
        " the type",
        hint="see https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/"
        "CacheNodes.SupportedTypes.html, or use another type",
        key=KEY,
    )


def _changed(context: Context, identifier: str, wanted: str) -> Result:
    group = context.calls.call(
        "elasticache", "DescribeReplicationGroups", ReplicationGroupId=identifier
    )["ReplicationGroups"][0]
    now = str(group.get("CacheNodeType", wanted))
    if now == wanted:
        return passed(f"{identifier} has {wanted}")
    allowed = context.calls.call(
        "elasticache", "ListAllowedNodeTypeModifications", ReplicationGroupId=identifier
    )
    types = [*allowed.get("ScaleUpModifications", ()), *allowed.get("ScaleDownModifications", ())]
    if wanted in types:
        return passed(f"ElastiCache can change {identifier} from {now} to {wanted}")
    return failed(
        f"ElastiCache can't change {identifier} from {now} to {wanted}",
        hint=f"use one of: {', '.join(sorted(types))}" if types else f"keep {now}",
        key=KEY,
    )


CHECK = Check(
    name="cache-node-type",
    looks_at="For a deployed cache, whether ElastiCache can change it to the node type. For a new"
    " one, whether it sells reserved nodes of the type in the region, which is a hint only.",
    blind_to="In which zones a node type is offered: ElastiCache has no call for it.",
    actions=(
        "elasticache:DescribeReplicationGroups",
        "elasticache:DescribeReservedCacheNodesOfferings",
        "elasticache:ListAllowedNodeTypeModifications",
        *deployed.ACTIONS,
    ),
    run=_run,
)
