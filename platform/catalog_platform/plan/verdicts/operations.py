"""What changes of logs, backups, trails, topics and roles do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import (
    Read,
    Row,
    decreases,
    either,
    mapping,
    mappings,
    shrinks,
    switched_off,
)

LOG_GROUP, PLAN = "AWS::Logs::LogGroup", "AWS::Backup::BackupPlan"
VAULT = "AWS::Backup::BackupVault"
TRAIL, TOPIC = "AWS::CloudTrail::Trail", "AWS::SNS::Topic"
TRAIL_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
LOGS_GUIDE = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs"
BOUNDARIES = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"
BACKUP_GUIDE = "https://docs.aws.amazon.com/aws-backup/latest/devguide"
SNS_GUIDE = "https://docs.aws.amazon.com/sns/latest/dg"
ACCESSES: Mapping[str, tuple[str, ...]] = {"ReadOnly": ("read",), "WriteOnly": ("write",)}


def _kept(side: Mapping[str, Any]) -> dict[str, int]:
    """Return for how many days each rule of a backup plan keeps its backups; 0: without end."""
    plan = mapping(side.get("Properties", {}).get("BackupPlan"))
    return {
        str(rule.get("RuleName", at)): number(mapping(rule.get("Lifecycle")).get("DeleteAfterDays"))
        or 0
        for at, rule in enumerate(mappings(plan.get("BackupPlanRule")))
    }


def _keeps_backups_for_less(update: ResourceUpdate) -> bool:
    old, new = _kept(update.old), _kept(update.new)
    return any(
        name not in new or (new[name] != 0 and (days == 0 or new[name] < days))
        for name, days in old.items()
    )


def _keeps_logs_for_less(update: ResourceUpdate) -> bool:
    old, new = (number(read("RetentionInDays")) for read in (update.before, update.after))
    return new is not None and (old is None or new < old)


def _extras(read: Read) -> set[tuple[str, str]]:
    """Return the copies of each rule of a backup plan, and whether it makes continuous backups."""
    found: set[tuple[str, str]] = set()
    for at, rule in enumerate(mappings(mapping(read("BackupPlan")).get("BackupPlanRule"))):
        name = str(rule.get("RuleName", at))
        if rule.get("EnableContinuousBackup") in (True, "true"):
            found.add((name, "continuous"))
        for copy in mappings(rule.get("CopyActions")):
            found.add((name, json.dumps(copy.get("DestinationBackupVaultArn"), sort_keys=True)))
    return found


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) and values else [values]


def _recorded(read: Read) -> set[tuple[str, str]]:
    """Return which reads and writes the event selectors of a trail record."""
    selectors = mappings(read("EventSelectors"))
    if not selectors and not read("AdvancedEventSelectors"):
        selectors = [{}]
    found: set[tuple[str, str]] = set()
    for selector in selectors:
        events = [
            json.dumps([each.get("Type"), value], sort_keys=True)
            for each in mappings(selector.get("DataResources"))
            for value in _listed(each.get("Values"))
        ]
        if selector.get("IncludeManagementEvents", True) in (True, "true"):
            events.append("management")
        kinds = ACCESSES.get(str(selector.get("ReadWriteType", "All")), ("read", "write"))
        found.update((kind, event) for kind in kinds for event in events)
    return found


ROWS = (
    Row(
        verdict=Verdict.LOST,
        type=LOG_GROUP,
        property="RetentionInDays",
        explanation="log events older than the new retention are deleted",
        source=f"{LOGS_GUIDE}/Working-with-log-groups-and-streams.html",
        applies=_keeps_logs_for_less,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=LOG_GROUP,
        property="KmsKeyId",
        explanation="new log events are not encrypted with the stack's key any more",
        source=f"{LOGS_GUIDE}/encrypt-log-data-kms.html",
        applies=switched_off("KmsKeyId"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=LOG_GROUP,
        property="DataProtectionPolicy",
        explanation="sensitive data in log events is not masked any more",
        source=f"{LOGS_GUIDE}/mask-sensitive-log-data.html",
        applies=switched_off("DataProtectionPolicy"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=LOG_GROUP,
        property="DeletionProtectionEnabled",
        explanation="the log group can then be deleted",
        source=f"{LOGS_GUIDE}/Working-with-log-groups-and-streams.html",
        applies=switched_off("DeletionProtectionEnabled"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PLAN,
        property="BackupPlan",
        explanation="a rule is removed, or new backups are kept for a shorter time",
        source=f"{BACKUP_GUIDE}/updating-a-backup-plan.html",
        applies=_keeps_backups_for_less,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PLAN,
        property="BackupPlan",
        explanation="a rule makes no continuous backups or no copies any more",
        source=f"{BACKUP_GUIDE}/updating-a-backup-plan.html",
        applies=lambda update: bool(_extras(update.before) - _extras(update.after)),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=VAULT,
        property="LockConfiguration",
        explanation="backups can be deleted before their retention ends",
        source=f"{BACKUP_GUIDE}/vault-lock.html",
        applies=either(
            switched_off("LockConfiguration"), decreases("LockConfiguration.MinRetentionDays")
        ),
    ),
    Row(
        verdict=Verdict.IRREVERSIBLE,
        type=VAULT,
        property="LockConfiguration",
        explanation="when the days of `ChangeableForDays` are over, the lock cannot be removed",
        source=f"{BACKUP_GUIDE}/vault-lock.html",
        applies=lambda update: update.after("LockConfiguration.ChangeableForDays") is not None,
    ),
    *(
        Row(
            verdict=Verdict.UNPROTECTED,
            type=TRAIL,
            property=name,
            explanation=explanation,
            source=f"{TRAIL_GUIDE}/cloudtrail-create-and-update-a-trail.html",
            applies=switched_off(name),
        )
        for name, explanation in (
            ("IsLogging", "the trail stops recording"),
            ("EnableLogFileValidation", "changes of log files can't be noticed any more"),
            ("IsMultiRegionTrail", "other regions are not recorded any more"),
            ("IncludeGlobalServiceEvents", "global services are not recorded any more"),
            ("KMSKeyId", "new log files are not encrypted with a key of the account any more"),
            ("CloudWatchLogsLogGroupArn", "alarms about the trail's events get none any more"),
            ("InsightSelectors", "unusual activity is not recorded any more"),
        )
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=TRAIL,
        property="EventSelectors",
        explanation="management events or accesses to data are not recorded any more",
        source=f"{TRAIL_GUIDE}/cloudtrail-create-and-update-a-trail.html",
        applies=lambda update: bool(_recorded(update.before) - _recorded(update.after)),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=TRAIL,
        property="AdvancedEventSelectors",
        explanation="some events are not recorded any more",
        source=f"{TRAIL_GUIDE}/cloudtrail-create-and-update-a-trail.html",
        applies=shrinks("AdvancedEventSelectors"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=TOPIC,
        property="KmsMasterKeyId",
        explanation="messages are stored without encryption",
        source=f"{SNS_GUIDE}/sns-server-side-encryption.html",
        applies=switched_off("KmsMasterKeyId"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=TOPIC,
        property="DataProtectionPolicy",
        explanation="sensitive data in messages is not blocked or masked any more",
        source=f"{SNS_GUIDE}/sns-message-data-protection-policies.html",
        applies=switched_off("DataProtectionPolicy"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::SNS::Subscription",
        property="RedrivePolicy",
        explanation="messages that can't be delivered are not kept any more",
        source=f"{SNS_GUIDE}/sns-dead-letter-queues.html",
        applies=switched_off("RedrivePolicy"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::IAM::Role",
        property="PermissionsBoundary",
        explanation="nothing limits the permissions that the role can get any more",
        source=BOUNDARIES,
        applies=switched_off("PermissionsBoundary"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type="AWS::IAM::Role",
        property="PermissionsBoundary",
        explanation="another boundary may allow more, or less than the role needs",
        source=BOUNDARIES,
        applies=lambda update: all(
            read("PermissionsBoundary") for read in (update.before, update.after)
        ),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::SecretsManager::RotationSchedule",
        property="RotationRules",
        explanation="the secret is not rotated regularly any more",
        source="https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html",
        applies=switched_off("RotationRules"),
    ),
)
