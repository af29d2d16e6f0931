"""Look whether ElastiCache offers the engine version and the node type.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/VersionManagement.HowTo.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed, versions
from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed

GROUP = "AWS::ElastiCache::ReplicationGroup"
KEY = "cache.engine_version"


def _run(context: Context) -> Iterator[Result]:
    groups = context.assembly.of_type(GROUP)
    if not groups:
        yield passed("the template has no cache")
    for group in groups:
        engine = group.properties.text("Engine") or "redis"
        wanted = group.properties.text("EngineVersion")
        if wanted is None:
            continue
        yield _offered(context, engine, wanted)
        identifier = context.physical_id(group)
        if identifier is not None:
            yield from _compared(context, identifier, engine, wanted)


def _offered(context: Context, engine: str, wanted: str) -> Result:
    offered = [
        str(each["EngineVersion"])
        for each in context.calls.pages(
            "elasticache", "DescribeCacheEngineVersions", "CacheEngineVersions", Engine=engine
        )
    ]
    # ElastiCache chooses the patch version of `7.2`, and the minor version of `6.x`.
    if any(versions.covers(wanted.removesuffix(".x"), each) for each in offered):
        return passed(f"ElastiCache offers {engine} {wanted}")
    return failed(
        f"ElastiCache does not offer {engine} {wanted} in {context.assembly.region}",
        hint=f"use an offered version, such as {versions.newest(offered)}"
        if offered
        else f"use an engine that {context.assembly.region} offers",
        key=KEY,
    )


def _compared(context: Context, identifier: str, engine: str, wanted: str) -> Iterator[Result]:
    """Compare with the version of the deployed nodes; those of a group are the same."""
    response = context.calls.call(
        "elasticache", "DescribeReplicationGroups", ReplicationGroupId=identifier
    )
    group = response["ReplicationGroups"][0]
    members = group.get("MemberClusters") or ()
    if not members:
        return
    try:
        (node,) = context.calls.call(
            "elasticache", "DescribeCacheClusters", CacheClusterId=members[0]
        )["CacheClusters"]
    except CallError as error:
        if error.code != "CacheClusterNotFound":
            raise
        return
    now, deployed_engine = str(node["EngineVersion"]), str(node["Engine"])
    if deployed_engine == "valkey" and engine == "redis":
        yield failed(
            f"{identifier} is valkey {now}, and ElastiCache can't change it to redis",
            hint="keep the engine: cache.engine: valkey",
            key="cache.engine",
        )
    elif deployed_engine == engine and versions.is_older(wanted.removesuffix(".x"), now):
        yield failed(
            f"{identifier} has {engine} {now}, and ElastiCache can't change it to the older"
            f" {wanted}",
            hint=f'set the deployed version: {KEY}: "{".".join(now.split(".")[:2])}"',
            key=KEY,
        )


CHECK = Check(
    name="cache-version",
    looks_at="Whether ElastiCache offers the engine version in the region, and the deployed cache"
    " is not newer.",
    blind_to="Which upgrades ElastiCache accepts: it has no call that lists them.",
    actions=(
        "elasticache:DescribeCacheClusters",
        "elasticache:DescribeCacheEngineVersions",
        "elasticache:DescribeReplicationGroups",
        *deployed.ACTIONS,
    ),
    run=_run,
)
