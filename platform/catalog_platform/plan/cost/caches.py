"""ElastiCache: nodes by the hour, and snapshots.

https://aws.amazon.com/elasticache/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from catalog_platform.plan.cost.dimension import Billing, Dimension, Usage, hourly
from catalog_platform.plan.cost.resource import Resource, UnstatedError


def replication_group(resource: Resource) -> Iterator[Dimension]:
    """Yield what a replication group costs: its shards times a primary and its replicas."""
    engine, node = resource.text("Engine", "redis"), resource.text("CacheNodeType")
    if engine not in ("redis", "valkey"):
        raise UnstatedError(f"no price of the engine {engine} is known")
    if "NumCacheClusters" in resource.properties:
        count, shape = resource.number("NumCacheClusters"), "one shard"
    else:
        shards = resource.number("NumNodeGroups", 1)
        replicas = resource.number("ReplicasPerNodeGroup")
        count, shape = shards * (1 + replicas), f"shards {shards}, replicas of each {replicas}"
    yield hourly(f"elasticache.{engine}.{node}", count, f"nodes {node}: {shape}")
    if resource.number("SnapshotRetentionLimit", 0):
        yield Usage(price="elasticache.backup", what="snapshots")


BILLED: Mapping[str, Billing] = {"AWS::ElastiCache::ReplicationGroup": replication_group}
FREE: Mapping[str, str] = {
    "AWS::ElastiCache::ParameterGroup": "https://aws.amazon.com/elasticache/pricing/",
    "AWS::ElastiCache::SubnetGroup": "https://aws.amazon.com/elasticache/pricing/",
}
