"""`AWS::ElastiCache::ReplicationGroup`: endpoints of the real local server.

The emulator refuses groups of two shards, which AWS takes, and publishes a configuration endpoint
only for groups of several shards, where AWS does for every group in cluster mode. All groups are
the same single server; shards, replicas, TLS and tokens are recorded only.
"""

from __future__ import annotations

from typing import Any

from ministack.services import elasticache


def install() -> None:
    """Wrap the emulator's CreateReplicationGroup."""
    stock = elasticache._create_replication_group

    def create(p: dict[str, Any]) -> Any:
        two = elasticache._p(p, "NumNodeGroups") == "2"
        answer = stock({**p, "NumNodeGroups": "3"} if two else p)
        group = elasticache._replication_groups.get(elasticache._p(p, "ReplicationGroupId"))
        if answer[0] < 400 and group is not None:
            if two:
                _drop_third(group)
            if group["ClusterMode"] == "enabled":
                group["ClusterEnabled"] = True
                group["ConfigurationEndpoint"] = group["NodeGroups"][0]["PrimaryEndpoint"]
        return answer

    elasticache._create_replication_group = create


def _drop_third(group: dict[str, Any]) -> None:
    extra = group["NodeGroups"].pop()
    gone = {member["CacheClusterId"] for member in extra["NodeGroupMembers"]}
    group["MemberClusters"] = [name for name in group["MemberClusters"] if name not in gone]
