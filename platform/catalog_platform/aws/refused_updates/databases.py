"""Rules of RDS about instances and their subnets."""

from __future__ import annotations

from catalog_platform.aws.refused_updates.model import Rule
from catalog_platform.aws.refused_updates.update import ResourceUpdate, references
from catalog_platform.aws.refused_updates.values import is_older, is_true, number, version

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
API = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference"
INSTANCE = "AWS::RDS::DBInstance"
VERSION = "database.engine_version"
STORAGE = "database.storage_gib"
LEAST_GROWTH_PERCENT = 110


def _shrinks(update: ResourceUpdate) -> bool:
    old, new = (number(read("AllocatedStorage")) for read in (update.before, update.after))
    return old is not None and new is not None and new < old


def _grows_too_little(update: ResourceUpdate) -> bool:
    old, new = (number(read("AllocatedStorage")) for read in (update.before, update.after))
    return old is not None and new is not None and old < new < old * LEAST_GROWTH_PERCENT / 100


def _is_downgraded(update: ResourceUpdate) -> bool:
    return is_older(update.after("EngineVersion"), update.before("EngineVersion"))


def _lacks_major_upgrade(update: ResourceUpdate) -> bool:
    old, new = (version(read("EngineVersion")) for read in (update.before, update.after))
    allowed = is_true(update.after("AllowMajorVersionUpgrade"))
    is_replica = update.after("SourceDBInstanceIdentifier") is not None
    return old is not None and new is not None and new[0] > old[0] and not (allowed or is_replica)


def _is_protected(update: ResourceUpdate) -> bool:
    """Return whether the deployed instance is deleted with its protection still on."""
    if update.is_removed:
        policy = update.old.get("DeletionPolicy")
    else:
        policy = update.new.get("UpdateReplacePolicy")
    kept = policy in ("Retain", "RetainExceptOnCreate")
    return is_true(update.before("DeletionProtection")) and not kept


def _moves_to_another_vpc(update: ResourceUpdate) -> bool:
    subnets = [*references(update.after("SubnetIds"))]
    return bool(subnets) and all("VpcId" in update.stack.replaced.get(name, ()) for name in subnets)


def _loses_subnets_in_use(update: ResourceUpdate) -> bool:
    """Return whether fewer deployed subnets remain than the instances certainly use."""
    old, new = ({*references(read("SubnetIds"))} for read in (update.before, update.after))
    if not old or _moves_to_another_vpc(update):
        return False
    kept = {name for name in old & new if name not in update.stack.replaced}
    used = (
        2 if is_true(resource.get("Properties", {}).get("MultiAZ")) else 1
        for resource in update.stack.base.values()
        if resource["Type"] == INSTANCE
        and update.logical_id in references(resource.get("Properties", {}).get("DBSubnetGroupName"))
    )
    return len(kept) < max(used, default=0)


RULES = (
    Rule(
        type=INSTANCE,
        property="AllocatedStorage",
        key=STORAGE,
        reason="RDS can't reduce the storage of an instance",
        source=f"{GUIDE}/USER_PIOPS.ModifyingExisting.html",
        refuses=_shrinks,
    ),
    Rule(
        type=INSTANCE,
        property="AllocatedStorage",
        key=STORAGE,
        reason="RDS increases the storage of an instance by at least 10 %",
        source=f"{GUIDE}/USER_PIOPS.ModifyingExisting.ScalingUp.html",
        refuses=_grows_too_little,
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
        reason="a new major version requires AllowMajorVersionUpgrade, which the template lacks;"
        " set database.allow_major_upgrade to true",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html",
        refuses=_lacks_major_upgrade,
    ),
    Rule(
        type=INSTANCE,
        property="DeletionProtection",
        key="database.deletion_protection",
        reason="RDS doesn't delete an instance with deletion protection, so CloudFormation leaves"
        " it behind and reports success; to have it deleted, deploy a change that disables the"
        " protection first",
        source=f"{GUIDE}/USER_DeleteInstance.html",
        refuses=_is_protected,
        of_deletions=True,
    ),
    Rule(
        type="AWS::RDS::DBSubnetGroup",
        property="SubnetIds",
        key="network.cidr",
        reason="a subnet group can't move to the subnets of another VPC",
        source=f"{GUIDE}/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
        refuses=_moves_to_another_vpc,
    ),
    Rule(
        type="AWS::RDS::DBSubnetGroup",
        property="SubnetIds",
        key="network.availability_zones",
        reason="RDS doesn't remove subnets that instances use, and too few others remain",
        source=f"{API}/API_ModifyDBSubnetGroup.html",
        refuses=_loses_subnets_in_use,
    ),
)
