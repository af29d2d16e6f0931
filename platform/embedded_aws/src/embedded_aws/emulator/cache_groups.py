"""`AWS::ElastiCache::ReplicationGroup`: endpoints of the local Valkey server.

The emulator refuses groups of two shards, which AWS accepts. It publishes a configuration endpoint
only for groups of several shards; AWS does so for every group in cluster mode. All groups share one
server; shards, replicas, TLS and tokens are only recorded.
"""

from __future__ import annotations

from typing import Any

from ministack.services import elasticache


def install() -> None:
    """Wrap the emulator's CreateReplicationGroup."""
    original = elasticache._create_replication_group

    def create(p: dict[str, Any]) -> Any:
        is_two_shards = elasticache._p(p, "NumNodeGroups") == "2"
        answer = original({**p, "NumNodeGroups": "3"} if is_two_shards else p)
        group = elasticache._replication_groups.get(elasticache._p(p, "ReplicationGroupId"))
        if answer[0] < 400 and group is not None:
            if is_two_shards:
                _remove_third_shard(group)
            if group["ClusterMode"] == "enabled":
                group["ClusterEnabled"] = True
                group["ConfigurationEndpoint"] = group["NodeGroups"][0]["PrimaryEndpoint"]
        return answer

    elasticache._create_replication_group = create


def _remove_third_shard(group: dict[str, Any]) -> None:
    extra = group["NodeGroups"].pop()
    removed = {member["CacheClusterId"] for member in extra["NodeGroupMembers"]}
    group["MemberClusters"] = [name for name in group["MemberClusters"] if name not in removed]
