"""Properties whose change replaces a resource only sometimes, each decided by hand.

The schemas call them `conditionalCreateOnlyProperties` and don't say when; the template reference
names more. AWS's own handler is the best source, then the template reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Whether a change replaces the resource, by the old value, the new value, the new resource.
Condition = Callable[[Any, Any, Mapping[str, Any]], bool]
INSTANCE = "AWS::RDS::DBInstance"
GROUP = "AWS::ElastiCache::ReplicationGroup"
REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
RESHARDING = f"{REFERENCE}/aws-attribute-updatepolicy.html"
HANDLER = (
    "https://github.com/aws-cloudformation/aws-cloudformation-resource-providers-rds/blob/"
    "5a410e843efb90076c1c4d322707bc989e5a058b/aws-rds-dbinstance/src/main/java/software/amazon/"
    "rds/dbinstance/util/ImmutabilityHelper.java"
)
CHECKED = "2026-11-26"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionalProperty:
    """When a change of a property replaces the resource, who says so, and when that was read.

    `source` is empty when no source decides it: then every change counts as a replacement.
    """

    type: str
    property: str
    replaces: Condition
    source: str
    checked: str = CHECKED


def _always(_old: Any, _new: Any, _resource: Mapping[str, Any]) -> bool:
    return True


def _never(_old: Any, _new: Any, _resource: Mapping[str, Any]) -> bool:
    return False


def _if_it_was_set(old: Any, _new: Any, _resource: Mapping[str, Any]) -> bool:
    return old not in (None, "")


def _unless_removed(_old: Any, new: Any, _resource: Mapping[str, Any]) -> bool:
    return new not in (None, "", False, "false")


def _if_added_or_removed(old: Any, new: Any, _resource: Mapping[str, Any]) -> bool:
    return (old in (None, "")) != (new in (None, ""))


def _unless_removed_for_two_zones(_old: Any, new: Any, resource: Mapping[str, Any]) -> bool:
    is_multi_az = resource.get("Properties", {}).get("MultiAZ") in (True, "true")
    return not (new in (None, "") and is_multi_az)


def _unless_default(_old: Any, new: Any, _resource: Mapping[str, Any]) -> bool:
    return new not in (None, "default")


def _without_online_resharding(_old: Any, _new: Any, resource: Mapping[str, Any]) -> bool:
    policy = resource.get("UpdatePolicy")
    is_online = isinstance(policy, Mapping) and policy.get("UseOnlineResharding")
    return is_online not in (True, "true")


# An instance whose replica or snapshot property is removed keeps its data.
_INSTANCE: Mapping[str, Condition] = {
    "AutoMinorVersionUpgrade": _never,
    "AvailabilityZone": _unless_removed_for_two_zones,
    "BackupRetentionPeriod": _never,
    "DBClusterSnapshotIdentifier": _unless_removed,
    "DBParameterGroupName": _never,
    "DBSnapshotIdentifier": _unless_removed,
    # Only Aurora and Oracle have engines that become another one in place.
    "Engine": _always,
    "MultiAZ": _never,
    "PerformanceInsightsKMSKeyId": _if_it_was_set,
    "PreferredMaintenanceWindow": _never,
    "RestoreTime": _unless_removed,
    "SourceDBClusterIdentifier": _unless_removed,
    "SourceDBInstanceAutomatedBackupsArn": _unless_removed,
    "SourceDBInstanceIdentifier": _unless_removed,
    "SourceDbiResourceId": _unless_removed,
    "UseLatestRestorableTime": _unless_removed,
}
_OTHERS: tuple[tuple[str, str, Condition, str], ...] = (
    ("AWS::EC2::Subnet", "Ipv6CidrBlock", _always, ""),
    (
        "AWS::EC2::VPC",
        "InstanceTenancy",
        _unless_default,
        f"{REFERENCE}/aws-resource-ec2-vpc.html",
    ),
    # That a first token replaces the cache is documented. ElastiCache deletes one only in exchange
    # for access control lists, so that the worse is assumed for a token that is removed.
    (
        GROUP,
        "AuthToken",
        _if_added_or_removed,
        f"{REFERENCE}/aws-resource-elasticache-replicationgroup.html",
    ),
    (GROUP, "NodeGroupConfiguration", _without_online_resharding, RESHARDING),
    (GROUP, "NumNodeGroups", _without_online_resharding, RESHARDING),
    ("AWS::Lambda::Function", "DurableConfig", _always, ""),
    ("AWS::SNS::Subscription", "Region", _always, ""),
)
PROPERTIES: Mapping[tuple[str, str], ConditionalProperty] = {
    (each.type, each.property): each
    for each in (
        *(
            ConditionalProperty(type=INSTANCE, property=name, replaces=condition, source=HANDLER)
            for name, condition in _INSTANCE.items()
        ),
        *(
            ConditionalProperty(type=kind, property=name, replaces=condition, source=source)
            for kind, name, condition, source in _OTHERS
        ),
    )
}


def of_type(resource_type: str) -> frozenset[str]:
    """Return the decided properties of a type."""
    return frozenset(name for kind, name in PROPERTIES if kind == resource_type)


def replaces(
    resource_type: str, name: str, old: Any, new: Any, resource: Mapping[str, Any]
) -> bool:
    """Return whether a change of a conditional property replaces a resource.

    `resource` is the new one. A property that isn't decided replaces it.
    """
    decided = PROPERTIES.get((resource_type, name))
    return decided is None or decided.replaces(old, new, resource)
