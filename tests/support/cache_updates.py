"""Updates of a cache that ElastiCache refuses or accepts: type, old and new properties."""

from __future__ import annotations

from typing import Any

CACHE = "AWS::ElastiCache::ReplicationGroup"
PARAMETERS = "AWS::ElastiCache::ParameterGroup"
FAILING_OVER = {
    "ClusterMode": "disabled",
    "AutomaticFailoverEnabled": True,
    "ReplicasPerNodeGroup": 1,
}
# With the refused property.
REFUSED: tuple[tuple[str, dict[str, Any], dict[str, Any], str], ...] = (
    (CACHE, {"ClusterMode": "enabled"}, {"ClusterMode": "disabled"}, "ClusterMode"),
    (CACHE, {"ClusterMode": "enabled"}, {"ClusterMode": "compatible"}, "ClusterMode"),
    (CACHE, {"ClusterMode": "disabled"}, {"ClusterMode": "enabled"}, "ClusterMode"),
    (
        CACHE,
        {"ClusterMode": "disabled", "AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 0},
        {"ClusterMode": "compatible", "AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 0},
        "ClusterMode",
    ),
    (CACHE, FAILING_OVER, {**FAILING_OVER, "ClusterMode": "enabled"}, "ClusterMode"),
    (CACHE, {"ClusterMode": "disabled"}, {"ClusterMode": "compatible"}, "ClusterMode"),
    (
        CACHE,
        {"ClusterMode": "compatible", "NumNodeGroups": 1},
        {"ClusterMode": "enabled", "NumNodeGroups": 2},
        "ClusterMode",
    ),
    (
        CACHE,
        {"ClusterMode": "compatible", "CacheNodeType": "cache.m7g.large"},
        {"ClusterMode": "compatible", "CacheNodeType": "cache.m7g.xlarge"},
        "ClusterMode",
    ),
    (
        PARAMETERS,
        {"Properties": {"maxmemory-policy": "allkeys-lru"}},
        {"Properties": {"maxmemory-policy": "allkeys-lru", "cluster-enabled": "yes"}},
        "Properties.cluster-enabled",
    ),
    (
        CACHE,
        {**FAILING_OVER, "NumNodeGroups": 1},
        {**FAILING_OVER, "NumNodeGroups": 2},
        "NumNodeGroups",
    ),
    (
        CACHE,
        {"AutomaticFailoverEnabled": False, "ReplicasPerNodeGroup": 0},
        {"AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 1},
        "AutomaticFailoverEnabled",
    ),
    (
        CACHE,
        {"AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 1},
        {"AutomaticFailoverEnabled": False, "ReplicasPerNodeGroup": 0},
        "AutomaticFailoverEnabled",
    ),
    (CACHE, {"EngineVersion": "8.1"}, {"EngineVersion": "7.2"}, "EngineVersion"),
    (CACHE, {"Engine": "valkey"}, {"Engine": "redis"}, "Engine"),
    (
        CACHE,
        {"TransitEncryptionEnabled": True},
        {"TransitEncryptionEnabled": False},
        "TransitEncryptionEnabled",
    ),
    (CACHE, {}, {"TransitEncryptionEnabled": True}, "TransitEncryptionEnabled"),
)
ACCEPTED: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    (CACHE, FAILING_OVER, {**FAILING_OVER, "ClusterMode": "compatible"}),
    (
        CACHE,
        {**FAILING_OVER, "CacheParameterGroupName": {"Ref": "Parameters"}},
        {
            **FAILING_OVER,
            "ClusterMode": "compatible",
            "CacheParameterGroupName": {"Ref": "ClusterParameters"},
        },
    ),
    (CACHE, {"ClusterMode": "compatible"}, {"ClusterMode": "enabled"}),
    (CACHE, {"ClusterMode": "compatible"}, {"ClusterMode": "disabled"}),
    (CACHE, {"ClusterMode": "compatible"}, {"ClusterMode": "compatible", "Tags": []}),
    (CACHE, {"ReplicasPerNodeGroup": 1}, {"ReplicasPerNodeGroup": 2}),
    (
        CACHE,
        {"AutomaticFailoverEnabled": False, "ReplicasPerNodeGroup": 0},
        {"AutomaticFailoverEnabled": False, "ReplicasPerNodeGroup": 1},
    ),
    (
        CACHE,
        {"AutomaticFailoverEnabled": False, "ReplicasPerNodeGroup": 1},
        {"AutomaticFailoverEnabled": True, "ReplicasPerNodeGroup": 1},
    ),
    (
        CACHE,
        {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"},
        {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "required"},
    ),
    (PARAMETERS, {"Properties": {}}, {"Properties": {"maxmemory-policy": "noeviction"}}),
    (CACHE, {"EngineVersion": "8.1"}, {"EngineVersion": "8.2"}),
    (
        CACHE,
        {"Engine": "redis", "EngineVersion": "7.1"},
        {"Engine": "valkey", "EngineVersion": "7.0"},
    ),
    (
        CACHE,
        {},
        {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"},
    ),
    (
        CACHE,
        {"TransitEncryptionEnabled": True, "TransitEncryptionMode": "preferred"},
        {"TransitEncryptionEnabled": False},
    ),
)
