"""What changes of RDS resources do."""

from __future__ import annotations

from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number, version
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import (
    Read,
    Row,
    decreases,
    mapping,
    shrinks,
    switched_off,
    switched_on,
)

GUIDE = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide"
MODIFY = f"{GUIDE}/Overview.DBInstance.Modifying.html"
INSTANCE = "AWS::RDS::DBInstance"
# What RDS takes where the template sets nothing.
DEFAULT_BACKUP_DAYS = 1
PARAMETERS = "AWS::RDS::DBParameterGroup"
PROXY = "AWS::RDS::DBProxy"


def _turns_backups_on(update: ResourceUpdate) -> bool:
    old, new = (number(read("BackupRetentionPeriod")) for read in (update.before, update.after))
    return not old and bool(new)


def _is_major_upgrade(update: ResourceUpdate) -> bool:
    old, new = (version(read("EngineVersion")) for read in (update.before, update.after))
    return old is not None and new is not None and new[0] > old[0]


def _requires_tls(read: Read) -> bool:
    """Return whether a parameter group makes an instance refuse connections without TLS.

    PostgreSQL 15 and later do so by default.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/ssl-certificate-rotation-postgresql.html
    """
    value = mapping(read("Parameters")).get("rds.force_ssl")
    if value is None:
        return (number(str(read("Family")).removeprefix("postgres")) or 0) >= 15
    return number(value) == 1


def _audited(read: Read) -> frozenset[str]:
    """Return the classes of statements that pgaudit logs."""
    parameters = mapping(read("Parameters"))
    if "pgaudit" not in _words(parameters.get("shared_preload_libraries")):
        return frozenset()
    return _words(parameters.get("pgaudit.log")) - {"none"}


def _words(value: Any) -> frozenset[str]:
    return frozenset(filter(None, str(value or "").replace(" ", "").lower().split(",")))


def _audits_less(update: ResourceUpdate) -> bool:
    old, new = _audited(update.before), _audited(update.after)
    return bool(old - new) and "all" not in new


ROWS = (
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="DBInstanceClass",
        explanation="the instance restarts with the new class; with a standby it fails over",
        source=MODIFY,
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="EngineVersion",
        explanation="the instance restarts with the new version",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.html",
    ),
    Row(
        verdict=Verdict.IRREVERSIBLE,
        type=INSTANCE,
        property="EngineVersion",
        explanation="a major upgrade can't be undone; the database stands still during it",
        source=f"{GUIDE}/USER_UpgradeDBInstance.PostgreSQL.MajorVersion.html",
        applies=_is_major_upgrade,
    ),
    Row(
        verdict=Verdict.LOST,
        type=INSTANCE,
        property="BackupRetentionPeriod",
        explanation="automated backups older than the new retention are deleted",
        source=f"{GUIDE}/USER_WorkingWithAutomatedBackups.BackupRetention.html",
        applies=decreases("BackupRetentionPeriod", default=DEFAULT_BACKUP_DAYS),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="BackupRetentionPeriod",
        explanation="the instance restarts when automated backups are turned on",
        source=MODIFY,
        applies=_turns_backups_on,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=INSTANCE,
        property="MultiAZ",
        explanation="the standby in a second zone is removed",
        source=f"{GUIDE}/Concepts.MultiAZSingleStandby.html",
        applies=switched_off("MultiAZ"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=INSTANCE,
        property="DeletionProtection",
        explanation="the instance can then be deleted",
        source=f"{GUIDE}/USER_DeleteInstance.html",
        applies=switched_off("DeletionProtection"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=INSTANCE,
        property="PubliclyAccessible",
        explanation="the instance gets a public address",
        source=MODIFY,
        applies=switched_on("PubliclyAccessible"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=INSTANCE,
        property="DeleteAutomatedBackups",
        explanation="automated backups are deleted with the instance",
        source=f"{GUIDE}/USER_WorkingWithAutomatedBackups.html",
        applies=lambda update: update.before("DeleteAutomatedBackups") in (False, "false"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=INSTANCE,
        property="AutomaticBackupReplicationRegion",
        explanation="no backups are copied to the other region any more",
        source=f"{GUIDE}/USER_ReplicateBackups.html",
        applies=lambda update: bool(update.before("AutomaticBackupReplicationRegion")),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=INSTANCE,
        property="EnableCloudwatchLogsExports",
        explanation="a log of the instance is not kept in CloudWatch Logs any more",
        source=f"{GUIDE}/USER_LogAccess.Procedural.UploadtoCloudWatch.html",
        applies=shrinks("EnableCloudwatchLogsExports"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="EnableIAMDatabaseAuthentication",
        explanation="clients can't log in with IAM any more",
        source=f"{GUIDE}/UsingWithRDS.IAMDBAuth.Enabling.html",
        applies=switched_off("EnableIAMDatabaseAuthentication"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="DBParameterGroupName",
        explanation="static parameters of the new group take effect when the instance restarts,"
        " which the deployment doesn't do",
        source=f"{GUIDE}/USER_WorkingWithParamGroups.html",
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="Port",
        explanation="the instance restarts and listens on the new port only",
        source=MODIFY,
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=INSTANCE,
        property="CACertificateIdentifier",
        explanation="the instance restarts with the new certificate where it needs to",
        source=f"{GUIDE}/UsingWithRDS.SSL-certificate-rotation.html",
    ),
    Row(
        verdict=Verdict.IRREVERSIBLE,
        type=INSTANCE,
        property="SourceDBInstanceIdentifier",
        explanation="the read replica becomes an instance of its own, and never a replica again",
        source=f"{GUIDE}/USER_ReadRepl.Promote.html",
        applies=switched_off("SourceDBInstanceIdentifier"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=INSTANCE,
        property="DBSnapshotIdentifier",
        explanation="CloudFormation's reference says that an empty instance replaces a restored"
        " one whose snapshot is no longer named, while its code keeps the instance",
        source="https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/"
        "aws-resource-rds-dbinstance.html",
        applies=switched_off("DBSnapshotIdentifier"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type=INSTANCE,
        property="MasterUserPassword",
        explanation="the owner's password is set anew from its secret",
        source=MODIFY,
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=PARAMETERS,
        property="Parameters",
        explanation="static parameters take effect when the instance restarts, which the"
        " deployment doesn't do",
        source=f"{GUIDE}/USER_WorkingWithParamGroups.html",
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PARAMETERS,
        property="Parameters",
        explanation="the instance accepts connections without TLS",
        source=f"{GUIDE}/PostgreSQL.Concepts.General.SSL.html",
        applies=lambda update: _requires_tls(update.before) and not _requires_tls(update.after),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PARAMETERS,
        property="Parameters",
        explanation="fewer statements are written to the audit log",
        source=f"{GUIDE}/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html",
        applies=_audits_less,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PROXY,
        property="RequireTLS",
        explanation="the proxy accepts connections without TLS",
        source=f"{GUIDE}/rds-proxy.howitworks.html",
        applies=switched_off("RequireTLS"),
    ),
    *(
        Row(
            verdict=Verdict.INTERRUPTS,
            type=PROXY,
            property=name,
            explanation="clients log in to the proxy in another way from then on",
            source=f"{GUIDE}/rds-proxy-connecting.html",
        )
        for name in ("Auth", "DefaultAuthScheme")
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PROXY,
        property="DebugLogging",
        explanation="the proxy writes statements with their values to its log",
        source=f"{GUIDE}/rds-proxy-creating.html",
        applies=switched_on("DebugLogging"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type="AWS::RDS::DBProxyTargetGroup",
        property="DBInstanceIdentifiers",
        explanation="the proxy connects to another instance",
        source=f"{GUIDE}/rds-proxy.howitworks.html",
    ),
)
