"""What changes of ElastiCache resources do."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.values import is_true
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import (
    Read,
    Row,
    changes_to,
    decreases,
    switched_off,
)

GUIDE = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg"
GROUP = "AWS::ElastiCache::ReplicationGroup"


def _requires_tls(read: Read) -> bool:
    """Return whether all connections need TLS; a cache without a mode was created like this."""
    mode = read("TransitEncryptionMode")
    return mode == "required" or (mode is None and is_true(read("TransitEncryptionEnabled")))


ROWS = (
    Row(
        verdict=Verdict.INTERRUPTS,
        type=GROUP,
        property="CacheNodeType",
        explanation="the nodes are exchanged one by one; connections drop at each failover",
        source=f"{GUIDE}/redis-cluster-vertical-scaling.html",
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=GROUP,
        property="EngineVersion",
        explanation="the nodes are upgraded one by one; connections drop at each failover",
        source=f"{GUIDE}/VersionManagement.HowTo.html",
    ),
    Row(
        verdict=Verdict.IRREVERSIBLE,
        type=GROUP,
        property="Engine",
        explanation="a cache can change from Redis OSS to Valkey only",
        source=f"{GUIDE}/VersionManagement.HowTo.html",
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=GROUP,
        property="ReplicasPerNodeGroup",
        explanation="ElastiCache adds and removes replicas in place, but CloudFormation's reference"
        " says that the cache is replaced: the new one would start empty",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-elasticache-replicationgroup.html",
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=GROUP,
        property="ReplicasPerNodeGroup",
        explanation="no replica can take over when a node fails",
        source=f"{GUIDE}/AutoFailover.html",
        applies=switched_off("ReplicasPerNodeGroup"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=GROUP,
        property="AutomaticFailoverEnabled",
        explanation="no replica takes over when a node fails",
        source=f"{GUIDE}/AutoFailover.html",
        applies=switched_off("AutomaticFailoverEnabled"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=GROUP,
        property="MultiAZEnabled",
        explanation="the nodes may all be in one zone",
        source=f"{GUIDE}/AutoFailover.html",
        applies=switched_off("MultiAZEnabled"),
    ),
    Row(
        verdict=Verdict.LOST,
        type=GROUP,
        property="SnapshotRetentionLimit",
        explanation="automatic snapshots older than the new retention are deleted",
        source=f"{GUIDE}/backups-automatic.html",
        applies=decreases("SnapshotRetentionLimit", default=0),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=GROUP,
        property="ClusterMode",
        explanation="clients have to speak the cluster's protocol",
        source=f"{GUIDE}/modify-cluster-mode.html",
    ),
    Row(
        verdict=Verdict.IRREVERSIBLE,
        type=GROUP,
        property="ClusterMode",
        explanation="cluster mode can't be disabled again",
        source=f"{GUIDE}/modify-cluster-mode.html",
        applies=changes_to("ClusterMode", "enabled"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=GROUP,
        property="TransitEncryptionMode",
        explanation="connections without TLS are dropped",
        source=f"{GUIDE}/in-transit-encryption-enable.html",
        applies=changes_to("TransitEncryptionMode", "required"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=GROUP,
        property="TransitEncryptionMode",
        explanation="the cache accepts connections without TLS",
        source=f"{GUIDE}/in-transit-encryption-enable.html",
        applies=lambda update: _requires_tls(update.before) and not _requires_tls(update.after),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=GROUP,
        property="TransitEncryptionEnabled",
        explanation="the cache accepts connections without TLS",
        source=f"{GUIDE}/in-transit-encryption-enable.html",
        applies=switched_off("TransitEncryptionEnabled"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=GROUP,
        property="UserGroupIds",
        explanation="users need no access control list any more",
        source=f"{GUIDE}/Clusters.RBAC.html",
        applies=switched_off("UserGroupIds"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=GROUP,
        property="AuthToken",
        explanation="clients that hold the old token are refused once it is replaced",
        source=f"{GUIDE}/auth.html",
    ),
)
