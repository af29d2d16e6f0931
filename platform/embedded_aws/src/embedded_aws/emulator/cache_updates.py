"""Refuse updates of replication groups that no single request to ElastiCache shows.

CloudFormation changes replicas, shards and settings with a request each.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Created, Properties

PARAMETERS = "AWS::ElastiCache::ParameterGroup"
CLUSTER_PARAMETER = "cluster-enabled"
# https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
WITH_CLUSTER_MODE = {"ClusterMode", "CacheParameterGroupName", "Tags"}


def install() -> None:
    """Wrap the handler of parameter groups.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
    """
    handler = provisioners._RESOURCE_HANDLERS[PARAMETERS]
    original = handler["update"]

    def update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        before, after = ((each.get("Properties") or {}) for each in (old, new))
        if before.get(CLUSTER_PARAMETER) != after.get(CLUSTER_PARAMETER):
            raise ValueError(f"The parameter {CLUSTER_PARAMETER} cannot be modified.")
        updated: Created = original(physical, old, new, *rest)
        return updated

    handler["update"] = update


def refuse(old: Properties, new: Properties) -> None:
    """Raise `ValueError` if ElastiCache refuses an update of a replication group."""
    # A template can have booleans and numbers as text.
    changed = {
        name for name in {*old, *new} if str(old.get(name)).lower() != str(new.get(name)).lower()
    }
    mode = old.get("ClusterMode")
    others = sorted(changed - WITH_CLUSTER_MODE)
    if others and (mode == "compatible" or (mode is not None and "ClusterMode" in changed)):
        raise ValueError(
            f"Nothing else can be changed together with the cluster mode, or in the mode"
            f" compatible: {', '.join(others)}"
        )
    replicas = {str(each.get("ReplicasPerNodeGroup", 0)) for each in (old, new)}
    if "AutomaticFailoverEnabled" in changed and "0" in replicas and len(replicas) > 1:
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
        raise ValueError(
            "Automatic failover needs a replica: it can't be changed together with the first or the"
            " last one."
        )
