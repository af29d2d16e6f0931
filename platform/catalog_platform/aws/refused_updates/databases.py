"""Rules of RDS."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate, references
from catalog_platform.aws.refused_updates.values import is_older, number, version

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
INSTANCE = "AWS::RDS::DBInstance"
VERSION = "database.engine_version"


def _shrinks(update: ResourceUpdate) -> bool:
    old, new = (number(read("AllocatedStorage")) for read in (update.before, update.after))
    return old is not None and new is not None and new < old


def _is_downgraded(update: ResourceUpdate) -> bool:
    return is_older(update.after("EngineVersion"), update.before("EngineVersion"))


def _lacks_major_upgrade(update: ResourceUpdate) -> bool:
    old, new = (version(read("EngineVersion")) for read in (update.before, update.after))
    allowed = update.after("AllowMajorVersionUpgrade") in (True, "true")
    return old is not None and new is not None and new[0] > old[0] and not allowed


def _is_upgraded_before_replicas(update: ResourceUpdate) -> bool:
    old, new = (version(read("EngineVersion")) for read in (update.before, update.after))
    if old is None or new is None or new <= old or new[0] != old[0]:
        return False
    return any(
        resource["Type"] == INSTANCE
        and update.logical_id
        in references(resource.get("Properties", {}).get("SourceDBInstanceIdentifier"))
        for resources in (update.stack.base, update.stack.head)
        for resource in resources.values()
    )


def _moves_to_another_vpc(update: ResourceUpdate) -> bool:
    subnets = [*references(update.after("SubnetIds"))]
    return bool(subnets) and all("VpcId" in update.stack.replaced.get(name, ()) for name in subnets)


RULES = (
    Rule(
        type=INSTANCE,
        property="AllocatedStorage",
        key="database.storage_gib",
        reason="RDS can't reduce the storage of an instance",
        source=f"{GUIDE}/USER_PIOPS.ModifyingExisting.html",
        refuses=_shrinks,
    ),
    Rule(
        type=INSTANCE,
        property="EngineVersion",
        key=VERSION,
        reason="RDS can't change an instance to an older engine version",
        source=f"{GUIDE}/USER_UpgradeDBInstance.Upgrading.html",
        refuses=_is_downgraded,
    ),
    Rule(
        type=INSTANCE,
        property="EngineVersion",
        key=VERSION,
        reason="a new major version requires AllowMajorVersionUpgrade, which the template lacks",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html",
        refuses=_lacks_major_upgrade,
    ),
    Rule(
        type=INSTANCE,
        property="EngineVersion",
        key=VERSION,
        reason="RDS requires that read replicas are upgraded before their source, and"
        " CloudFormation updates the source first",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.html",
        refuses=_is_upgraded_before_replicas,
    ),
    Rule(
        type="AWS::RDS::DBSubnetGroup",
        property="SubnetIds",
        key="network.cidr",
        reason="a subnet group can't move to the subnets of another VPC",
        source=f"{GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        refuses=_moves_to_another_vpc,
    ),
)
