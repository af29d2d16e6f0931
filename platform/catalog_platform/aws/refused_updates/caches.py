"""Rules of ElastiCache."""

from __future__ import annotations

from typing import Any

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import is_older, number

GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
GROUP = "AWS::ElastiCache::ReplicationGroup"
PARAMETERS = "AWS::ElastiCache::ParameterGroup"
MODES = f"{GUIDE}/modify-cluster-mode.html"
CLUSTER_PARAMETER = "cluster-enabled"
CHANGES_WITH_CLUSTER_MODE = frozenset({"ClusterMode", "CacheParameterGroupName", "Tags"})
# From the deployed mode to those that it can be changed to.
CLUSTER_MODES = {
    "disabled": {"disabled", "compatible"},
    "compatible": {"compatible", "enabled", "disabled"},
    "enabled": {"enabled"},
}


def _skips_a_mode(update: ResourceUpdate) -> bool:
    old, new = update.before("ClusterMode"), update.after("ClusterMode")
    if not isinstance(old, str) or not isinstance(new, str):
        return False
    return old in CLUSTER_MODES and new not in CLUSTER_MODES[old]


def _enables_without_failover(update: ResourceUpdate) -> bool:
    starts = (update.before("ClusterMode"), update.after("ClusterMode")) == (
        "disabled",
        "compatible",
    )
    return starts and not (
        _is_on(update.before("AutomaticFailoverEnabled"))
        and number(update.before("ReplicasPerNodeGroup"))
    )


def _changes_beside_cluster_mode(update: ResourceUpdate) -> bool:
    fixed = update.before("ClusterMode") == "compatible" or (
        update.before("ClusterMode") is not None and "ClusterMode" in update.changed
    )
    return fixed and bool(update.changed - CHANGES_WITH_CLUSTER_MODE)


def _reshards_without_cluster_mode(update: ResourceUpdate) -> bool:
    old, new = (number(read("NumNodeGroups")) for read in (update.before, update.after))
    # A change of the mode in the same update is refused by another rule.
    return (
        old is not None
        and new is not None
        and old != new
        and (update.before("ClusterMode"), update.after("ClusterMode"))
        in (("disabled", "disabled"), ("compatible", "compatible"))
    )


def _changes_failover_with_replicas(update: ResourceUpdate) -> bool:
    reads = update.before, update.after
    was_on, is_on = (_is_on(read("AutomaticFailoverEnabled")) for read in reads)
    old, new = (number(read("ReplicasPerNodeGroup")) for read in reads)
    return was_on != is_on and old != new and 0 in (old, new)


def _is_on(value: Any) -> bool:
    return value in (True, "true")


def _changes_cluster_parameter(update: ResourceUpdate) -> bool:
    return update.changes(f"Properties.{CLUSTER_PARAMETER}")


def _is_downgraded(update: ResourceUpdate) -> bool:
    same_engine = update.before("Engine") == update.after("Engine")
    return same_engine and is_older(update.after("EngineVersion"), update.before("EngineVersion"))


def _leaves_valkey(update: ResourceUpdate) -> bool:
    return bool(update.before("Engine") == "valkey" and update.after("Engine") == "redis")


def _changes_tls_at_once(update: ResourceUpdate) -> bool:
    old, new = (_is_on(read("TransitEncryptionEnabled")) for read in (update.before, update.after))
    if old == new:
        return False
    step = update.after if new else update.before
    return bool(step("TransitEncryptionMode") != "preferred")


RULES = (
    Rule(
        type=GROUP,
        property="ClusterMode",
        key="cache.cluster_mode",
        reason="ElastiCache enables cluster mode in two updates, first `compatible`, then"
        " `enabled`, and can't disable it again",
        source=MODES,
        refuses=_skips_a_mode,
    ),
    Rule(
        type=GROUP,
        property="ClusterMode",
        key="cache.cluster_mode",
        reason="compatible mode requires that automatic failover and a replica are deployed before",
        source=MODES,
        refuses=_enables_without_failover,
    ),
    Rule(
        type=GROUP,
        property="ClusterMode",
        key="cache.cluster_mode",
        reason="ElastiCache changes nothing else together with the cluster mode, and nothing else"
        " in compatible mode",
        source=MODES,
        refuses=_changes_beside_cluster_mode,
    ),
    Rule(
        type=PARAMETERS,
        property=f"Properties.{CLUSTER_PARAMETER}",
        reason="the parameter can't be modified; another parameter group can have another value",
        source=f"{GUIDE}/ParameterGroups.Engine.html",
        refuses=_changes_cluster_parameter,
    ),
    Rule(
        type=GROUP,
        property="NumNodeGroups",
        key="cache.shards",
        reason="ElastiCache adds and removes shards only in cluster mode enabled",
        source="https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyReplicationGroupShardConfiguration.html",
        refuses=_reshards_without_cluster_mode,
    ),
    Rule(
        type=GROUP,
        property="AutomaticFailoverEnabled",
        key="cache.automatic_failover",
        reason="automatic failover needs a replica before and after the update: add the first"
        " replica before you enable it, and disable it before you remove the last one",
        source=f"{GUIDE}/AutoFailover.html",
        refuses=_changes_failover_with_replicas,
    ),
    Rule(
        type=GROUP,
        property="EngineVersion",
        key="cache.engine_version",
        reason="ElastiCache can't change a cache to an older engine version",
        source=f"{GUIDE}/VersionManagement.HowTo.html",
        refuses=_is_downgraded,
    ),
    Rule(
        type=GROUP,
        property="Engine",
        key="cache.engine",
        reason="ElastiCache can change Redis OSS to Valkey, but not Valkey to Redis OSS",
        source=f"{GUIDE}/VersionManagement.HowTo.html",
        refuses=_leaves_valkey,
    ),
    Rule(
        type=GROUP,
        property="TransitEncryptionEnabled",
        key="cache.transit_encryption",
        reason="ElastiCache enables or disables TLS in two updates, through `preferred`",
        source=f"{GUIDE}/in-transit-encryption-enable.html",
        refuses=_changes_tls_at_once,
    ),
)
