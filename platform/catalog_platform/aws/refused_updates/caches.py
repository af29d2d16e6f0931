"""Rules of ElastiCache."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import is_older

GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
GROUP = "AWS::ElastiCache::ReplicationGroup"
# From the deployed mode to those that it can be changed to.
CLUSTER_MODES = {
    "disabled": {"disabled", "compatible"},
    "compatible": {"compatible", "enabled", "disabled"},
    "enabled": {"enabled"},
}


def _skips_a_mode(update: ResourceUpdate) -> bool:
    old, new = update.before("ClusterMode"), update.after("ClusterMode")
    return old in CLUSTER_MODES and isinstance(new, str) and new not in CLUSTER_MODES[old]


def _is_downgraded(update: ResourceUpdate) -> bool:
    same_engine = update.before("Engine") == update.after("Engine")
    return same_engine and is_older(update.after("EngineVersion"), update.before("EngineVersion"))


def _leaves_valkey(update: ResourceUpdate) -> bool:
    return bool(update.before("Engine") == "valkey" and update.after("Engine") == "redis")


def _changes_tls_at_once(update: ResourceUpdate) -> bool:
    old, new = (read("TransitEncryptionEnabled") for read in (update.before, update.after))
    # Unset means false.
    if bool(old) == bool(new):
        return False
    step = update.after if new else update.before
    return bool(step("TransitEncryptionMode") != "preferred")


RULES = (
    Rule(
        type=GROUP,
        property="ClusterMode",
        key="cache.cluster_mode",
        reason="ElastiCache enables cluster mode in two updates, through `compatible`,"
        " and can't disable it again",
        source=f"{GUIDE}/modify-cluster-mode.html",
        refuses=_skips_a_mode,
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
        reason="ElastiCache enables or disables TLS in two updates, through"
        " TransitEncryptionMode `preferred`",
        source=f"{GUIDE}/in-transit-encryption-enable.html",
        refuses=_changes_tls_at_once,
    ),
)
