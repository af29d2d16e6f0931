"""What changes of logs, backups, trails, topics, functions and the network do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import (
    Row,
    changes_to,
    mapping,
    mappings,
    switched_off,
)

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
LOG_GROUP, PLAN = "AWS::Logs::LogGroup", "AWS::Backup::BackupPlan"
TRAIL, TOPIC = "AWS::CloudTrail::Trail", "AWS::SNS::Topic"
FUNCTION, MAPPING = "AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"
TRAIL_GUIDE = "https://docs.aws.amazon.com/awscloudtrail/latest/userguide"
LAMBDA_GUIDE = "https://docs.aws.amazon.com/lambda/latest/dg"


def _kept(side: Mapping[str, Any]) -> dict[str, int]:
    """Return for how many days each rule of a backup plan keeps its backups; 0: for ever."""
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


ROWS = (
    Row(
        verdict=Verdict.LOST,
        type=LOG_GROUP,
        property="RetentionInDays",
        explanation="log events older than the new retention are deleted",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/"
        "Working-with-log-groups-and-streams.html",
        applies=_keeps_logs_for_less,
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=LOG_GROUP,
        property="KmsKeyId",
        explanation="new log events are not encrypted with the stack's key any more",
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        applies=switched_off("KmsKeyId"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=PLAN,
        property="BackupPlan",
        explanation="a rule is removed, or new backups are kept for a shorter time",
        source="https://docs.aws.amazon.com/aws-backup/latest/devguide/updating-a-backup-plan.html",
        applies=_keeps_backups_for_less,
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
            ("EventSelectors", "accesses to data are not recorded any more"),
        )
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=TOPIC,
        property="KmsMasterKeyId",
        explanation="messages are stored without encryption",
        source="https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html",
        applies=switched_off("KmsMasterKeyId"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=FUNCTION,
        property="ReservedConcurrentExecutions",
        explanation="with a concurrency of 0 the function is not called any more",
        source=f"{LAMBDA_GUIDE}/configuration-concurrency.html",
        applies=lambda update: update.after("ReservedConcurrentExecutions") == 0,
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type=MAPPING,
        property="Enabled",
        explanation="the function doesn't read the stream any more",
        source=f"{LAMBDA_GUIDE}/with-kinesis.html",
        applies=changes_to("Enabled", False),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type=MAPPING,
        property="DestinationConfig",
        explanation="batches that are discarded after the last retry are not kept any more",
        source=f"{LAMBDA_GUIDE}/kinesis-on-failure-destination.html",
        applies=switched_off("DestinationConfig"),
    ),
    Row(
        verdict=Verdict.UNPROTECTED,
        type="AWS::Lambda::Url",
        property="AuthType",
        explanation="the address answers requests that are not signed",
        source=f"{LAMBDA_GUIDE}/urls-auth.html",
        applies=changes_to("AuthType", "NONE"),
    ),
    Row(
        verdict=Verdict.AT_RISK,
        type="AWS::EC2::VPC",
        property="EnableDnsSupport",
        explanation="no name is resolved in the network any more",
        source="https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
        applies=switched_off("EnableDnsSupport"),
    ),
    Row(
        verdict=Verdict.INTERRUPTS,
        type="AWS::EC2::VPCEndpoint",
        property="PrivateDnsEnabled",
        explanation="the service's name resolves to another address",
        source=f"{REFERENCE}/aws-resource-ec2-vpcendpoint.html",
    ),
)
