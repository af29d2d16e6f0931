"""`AWS::ElastiCache::ReplicationGroup`: endpoints of the local Valkey server.

The emulator refuses groups of two shards, which AWS accepts. It publishes a configuration endpoint
only for groups of several shards; AWS does so for every group in cluster mode. All groups share one
server; shards, replicas, TLS and tokens are only recorded.
"""

from __future__ import annotations

from typing import Any

from ministack.services import elasticache

from embedded_aws.emulator import service_linked_roles

# What ModifyReplicationGroup changes on AWS, and the emulator does not.
TEXTS = ("ClusterMode", "Engine", "TransitEncryptionMode")
FLAGS = ("TransitEncryptionEnabled",)


def install() -> None:
    """Wrap the emulator's functions that create and modify groups."""
    original_create = elasticache._create_replication_group
    original_modify = elasticache._modify_replication_group

    def create(p: dict[str, Any]) -> Any:
        is_two_shards = elasticache._p(p, "NumNodeGroups") == "2"
        answer = original_create({**p, "NumNodeGroups": "3"} if is_two_shards else p)
        group = elasticache._replication_groups.get(elasticache._p(p, "ReplicationGroupId"))
        if answer[0] < 400 and group is not None:
            if is_two_shards:
                remove_last_shard(group)
            service_linked_roles.ensure("elasticache.amazonaws.com")
            publish_endpoint(group)
        return answer

    def modify(p: dict[str, Any]) -> Any:
        answer = original_modify(p)
        group = elasticache._replication_groups.get(elasticache._p(p, "ReplicationGroupId"))
        if answer[0] < 400 and group is not None:
            _apply(p, group)
            publish_endpoint(group)
        return answer

    elasticache._create_replication_group = create
    elasticache._modify_replication_group = modify


def publish_endpoint(group: dict[str, Any]) -> None:
    """Give a group in cluster mode its configuration endpoint, and take it from another one."""
    group["ClusterEnabled"] = group["ClusterMode"] == "enabled"
    primary = group["NodeGroups"][0]["PrimaryEndpoint"]
    group["ConfigurationEndpoint"] = primary if group["ClusterEnabled"] else None


def remove_last_shard(group: dict[str, Any]) -> None:
    """Remove the last shard of a group with its members."""
    extra = group["NodeGroups"].pop()
    removed = {member["CacheClusterId"] for member in extra["NodeGroupMembers"]}
    group["MemberClusters"] = [name for name in group["MemberClusters"] if name not in removed]
    for name in removed:
        elasticache._clusters.pop(name, None)


def _apply(p: dict[str, Any], group: dict[str, Any]) -> None:
    for name in TEXTS:
        if elasticache._p(p, name):
            group[name] = elasticache._p(p, name)
    for name in FLAGS:
        if elasticache._p(p, name):
            group[name] = elasticache._p(p, name).lower() == "true"
    if not group["TransitEncryptionEnabled"]:
        group["TransitEncryptionMode"] = None
    elif not group["TransitEncryptionMode"]:
        group["TransitEncryptionMode"] = "required"
