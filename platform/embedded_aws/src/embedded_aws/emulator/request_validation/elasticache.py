"""Rules of ElastiCache that its service model does not contain.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import elasticache

from embedded_aws.emulator.request_validation import offers
from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]

# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
NEXT_MODES = {
    "disabled": ("disabled", "compatible"),
    "compatible": ("disabled", "compatible", "enabled"),
    "enabled": ("enabled",),
}
# What can be changed together with the mode; the first two are in every request.
WITH_CLUSTER_MODE = {
    *("ReplicationGroupId", "ApplyImmediately", "ClusterMode", "CacheParameterGroupName"),
}
MAXIMUM_SHARDS = 500


def create(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"""
    name, snapshot = parameters["ReplicationGroupId"], parameters.get("SnapshotName")
    if name in elasticache._replication_groups:
        return Refusal("ReplicationGroupAlreadyExists", f"Replication group {name} already exists.")
    if snapshot and snapshot not in elasticache._snapshots:
        return Refusal("SnapshotNotFoundFault", f"Snapshot {snapshot} not found", 404)
    if parameters.get("NumNodeGroups", 1) > 1 and parameters.get("ClusterMode") == "disabled":
        return _combination("Several node groups need cluster mode, which ClusterMode disables.")
    engine = parameters.get("Engine", "redis")
    return (
        _version(engine, parameters.get("EngineVersion"))
        or _node_type(parameters)
        or _subnet_group(parameters)
    )


def modify(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroup.html"""
    group = elasticache._replication_groups.get(parameters["ReplicationGroupId"])
    if group is None:
        return _not_found(parameters["ReplicationGroupId"])
    return (
        _upgrade(parameters, group)
        or _node_type(parameters)
        or _cluster_mode(parameters, group)
        or _failover(parameters, group)
        or _encryption(parameters, group)
    )


def decrease_replicas(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DecreaseReplicaCount.html"""
    group = elasticache._replication_groups.get(parameters["ReplicationGroupId"])
    if group is None:
        return _not_found(parameters["ReplicationGroupId"])
    if parameters.get("NewReplicaCount") == 0 and group["AutomaticFailover"] == "enabled":
        return _state("Automatic failover needs at least one replica; disable it first.")
    return None


def reshard(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroupShardConfiguration.html"""
    name, wanted = parameters["ReplicationGroupId"], parameters["NodeGroupCount"]
    group = elasticache._replication_groups.get(name)
    if group is None:
        return _not_found(name)
    if group["ClusterMode"] != "enabled":
        return _combination(f"Replication group {name} must be in cluster mode for this change")
    if not 1 <= wanted <= MAXIMUM_SHARDS:
        return Refusal(
            "InvalidParameterValue", f"NodeGroupCount must be between 1 and {MAXIMUM_SHARDS}"
        )
    kept = parameters.get("NodeGroupsToRemove") or parameters.get("NodeGroupsToRetain")
    if wanted < len(group["NodeGroups"]) and not kept:
        return Refusal(
            "MissingParameter",
            "NodeGroupsToRemove or NodeGroupsToRetain is required to remove node groups",
        )
    return None


def create_snapshot(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateSnapshot.html"""
    group, cluster = parameters.get("ReplicationGroupId"), parameters.get("CacheClusterId")
    if not group and not cluster:
        return Refusal(
            "InvalidParameterCombination", "ReplicationGroupId or CacheClusterId is required"
        )
    if group and group not in elasticache._replication_groups:
        return _not_found(group)
    if cluster and cluster not in elasticache._clusters:
        return Refusal("CacheClusterNotFound", f"CacheCluster not found: {cluster}", 404)
    if parameters["SnapshotName"] in elasticache._snapshots:
        return Refusal(
            "SnapshotAlreadyExistsFault", f"Snapshot {parameters['SnapshotName']} already exists"
        )
    return None


def create_subnets(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html"""
    name = parameters["CacheSubnetGroupName"]
    if name not in elasticache._subnet_groups:
        return None
    return Refusal("CacheSubnetGroupAlreadyExists", f"Cache subnet group {name} already exists.")


def delete_subnets(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteCacheSubnetGroup.html"""
    name = parameters["CacheSubnetGroupName"]
    using = [
        group["ReplicationGroupId"]
        for group in elasticache._replication_groups.values()
        if group["CacheSubnetGroupName"] == name
    ]
    if not using:
        return None
    return Refusal(
        "CacheSubnetGroupInUse", f"Cache subnet group {name} is currently in use by {using[0]}."
    )


def _version(engine: str, version: str | None) -> Refusal | None:
    if version is None or not offers.versions(engine):
        return None
    # A version of Redis 6 or later, or of Valkey, may have a patch level.
    if any(version == each or version.startswith(f"{each}.") for each in offers.versions(engine)):
        return None
    return _combination(f"Cannot find version {version} for {engine}")


def _upgrade(parameters: Parameters, group: Parameters) -> Refusal | None:
    old, new = group["Engine"], parameters.get("Engine", group["Engine"])
    if (old, new) == ("valkey", "redis"):
        return _combination("Modifying the engine from valkey to redis is not supported.")
    version = parameters.get("EngineVersion")
    refused = _version(new, version)
    if refused or version is None or old != new:
        return refused
    if offers.number(version)[:2] < offers.number(group["EngineVersion"])[:2]:
        return _combination(
            f"Cannot downgrade {old} from version {group['EngineVersion']} to {version}"
        )
    return None


def _node_type(parameters: Parameters) -> Refusal | None:
    name = parameters.get("CacheNodeType")
    if name is None or name.removeprefix("cache.") in offers.classes("elasticache"):
        return None
    return Refusal("InvalidParameterValue", f"Invalid Cache Node type: {name}")


def _subnet_group(parameters: Parameters) -> Refusal | None:
    name = parameters.get("CacheSubnetGroupName", "default")
    if name == "default" or name in elasticache._subnet_groups:
        return None
    return Refusal(
        "CacheSubnetGroupNotFoundFault", f"Cache Subnet Group {name} does not exist.", 400
    )


def _cluster_mode(parameters: Parameters, group: Parameters) -> Refusal | None:
    old, new = group["ClusterMode"], parameters.get("ClusterMode", group["ClusterMode"])
    if new not in NEXT_MODES[old]:
        return _combination(
            f"Cluster mode cannot be changed from {old} to {new}. It can be changed to:"
            f" {', '.join(NEXT_MODES[old])}"
        )
    others = sorted(parameters.keys() - WITH_CLUSTER_MODE)
    if others and (old == "compatible" or old != new):
        return _combination(
            f"Nothing else can be changed together with the cluster mode, or in the mode"
            f" compatible: {', '.join(others)}"
        )
    if (old, new) == ("disabled", "compatible") and not (
        group["AutomaticFailover"] == "enabled" and _has_replica(group)
    ):
        return _combination("The cluster mode compatible needs automatic failover and a replica.")
    return None


def _failover(parameters: Parameters, group: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html"""
    if not parameters.get("AutomaticFailoverEnabled") or _has_replica(group):
        return None
    return _state("Replication group must have at least one read replica to enable autofailover.")


def _has_replica(group: Parameters) -> bool:
    return all(len(shard["NodeGroupMembers"]) > 1 for shard in group["NodeGroups"])


def _encryption(parameters: Parameters, group: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html"""
    is_on = bool(group["TransitEncryptionEnabled"])
    wanted = parameters.get("TransitEncryptionEnabled", is_on)
    current = group["TransitEncryptionMode"] or "required"
    mode = parameters.get("TransitEncryptionMode", current)
    if "TransitEncryptionMode" in parameters and not wanted:
        return _combination(
            "To modify transit encryption mode, set encryption-in-transit as enabled."
        )
    if wanted and not is_on and mode != "preferred":
        return _combination(
            "Encryption in transit is enabled in two steps: set TransitEncryptionMode to preferred"
            " first."
        )
    if is_on and not wanted and current != "preferred":
        return _combination(
            "Encryption in transit is disabled in two steps: set TransitEncryptionMode to preferred"
            " first."
        )
    if mode == "preferred" and wanted and group["AuthTokenEnabled"]:
        return _combination(
            "Transit encryption preferred is not supported with access control enabled clusters."
        )
    return None


def _state(message: str) -> Refusal:
    return Refusal("InvalidReplicationGroupState", message)


def _combination(message: str) -> Refusal:
    return Refusal("InvalidParameterCombination", message)


def _not_found(name: str) -> Refusal:
    return Refusal("ReplicationGroupNotFoundFault", f"ReplicationGroup {name} not found.", 404)


RULES = {
    "CreateCacheSubnetGroup": create_subnets,
    "CreateReplicationGroup": create,
    "CreateSnapshot": create_snapshot,
    "DecreaseReplicaCount": decrease_replicas,
    "DeleteCacheSubnetGroup": delete_subnets,
    "ModifyReplicationGroup": modify,
    "ModifyReplicationGroupShardConfiguration": reshard,
}
