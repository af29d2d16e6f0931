"""Variants of the weaknesses that lose data: missing, unresolved and differently spelled values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from catalog_platform.policy.template_values import at
from support.policy_checks import good, violations

MISSING = object()
IF = {"Fn::If": ["Small", 1, 1000000]}
REGION = {"Ref": "AWS::Region"}
CHOICE = {"Fn::If": ["Small", False, True]}
P = "Properties"
LIFECYCLE = f"{P}/LifecycleConfiguration"
RULE = f"{LIFECYCLE}/Rules/0"
PLAN = f"{P}/BackupPlan/BackupPlanRule"
# policy, logical id, path of the value in the good template, and its weak values
WEAK: list[tuple[int, str, str, list[Any]]] = [
    (32, "Stream", "DeletionPolicy", ["Delete", MISSING, "Retain", "Snapshot", CHOICE]),
    (32, "Stream", "UpdateReplacePolicy", ["Delete", MISSING, "RetainExceptOnCreate"]),
    (32, "Key", "DeletionPolicy", ["Delete", "retainexceptoncreate"]),
    (32, "Cache", "DeletionPolicy", ["Delete", MISSING]),
    (32, "Group", "UpdateReplacePolicy", ["Delete", ["Retain"]]),
    (33, "Database", f"{P}/BackupRetentionPeriod", [0, "0", 6, MISSING, None, IF, {"Ref": "Days"}]),
    (33, "Database", f"{P}/DeleteAutomatedBackups", [True, "true", MISSING, CHOICE]),
    (33, "Database", f"{P}/CopyTagsToSnapshot", [False, "false", MISSING, "True?"]),
    (34, "Database", f"{P}/DeletionProtection", [False, "false", MISSING, None, 1, CHOICE]),
    (35, "Database", f"{P}/MaxAllocatedStorage", [MISSING, 20, "20", 0, "much", IF]),
    (36, "Database", f"{P}/AutoMinorVersionUpgrade", [True, "true", MISSING, CHOICE]),
    (37, "Database", f"{P}/AllowMajorVersionUpgrade", [True, "true", CHOICE]),
    (38, "Replica", f"{P}/MaxAllocatedStorage", [MISSING, 50, "100"]),
    (38, "Replica", f"{P}/DBParameterGroupName", [MISSING, "default.postgres17"]),
    (38, "Replica", f"{P}/PubliclyAccessible", [True]),
    (38, "Replica", f"{P}/DBInstanceClass", [CHOICE]),
    (38, "Replica", "DeletionPolicy", ["Snapshot", "RetainExceptOnCreate", MISSING]),
    (38, "Replica", "UpdateReplacePolicy", ["Retain"]),
    (38, "Replica", f"{P}/DeletionProtection", [True, "true", CHOICE]),
    (39, "Cache", f"{P}/AutomaticFailoverEnabled", [False, "false", MISSING, CHOICE]),
    (39, "Cache", f"{P}/MultiAZEnabled", [False, MISSING, CHOICE]),
    (39, "Cache", f"{P}/ReplicasPerNodeGroup", [0, "0", MISSING, IF]),
    (39, "Cache", f"{P}/SnapshotRetentionLimit", [0, MISSING, None, IF]),
    (40, "Cache", "UpdatePolicy", [MISSING, {}, {"UseOnlineResharding": False}]),
    (40, "Cache", "UpdatePolicy/UseOnlineResharding", ["false", CHOICE]),
    (41, "ArchiveBucket", f"{P}/ObjectLockEnabled", [False, MISSING, CHOICE]),
    (41, "ArchiveBucket", f"{P}/ObjectLockConfiguration", [MISSING, {}, CHOICE]),
    (
        41,
        "ArchiveBucket",
        f"{P}/ObjectLockConfiguration/Rule/DefaultRetention",
        [
            {"Mode": "GOVERNANCE"},
            {"Mode": "GOVERNANCE", "Days": 1095},
            {"Mode": "GOVERNANCE", "Years": 3},
            {"Mode": "governance", "Days": 1096},
            {"Days": 1096},
            {"Mode": "COMPLIANCE", "Days": IF},
        ],
    ),
    (42, "ArchiveBucket", f"{LIFECYCLE}/TransitionDefaultMinimumObjectSize", ["VARIES", IF]),
    (42, "ArchiveBucket", f"{RULE}/ObjectSizeGreaterThan", [0, "1024", IF]),
    (42, "ArchiveBucket", f"{RULE}/Transitions/0/StorageClass", ["GLACIER", "DEEP_ARCHIVE", IF]),
    (42, "ArchiveBucket", f"{RULE}/Transitions/0/StorageClass", ["ONEZONE_IA"]),
    (42, "ArchiveBucket", f"{RULE}/Transition", [{"StorageClass": "GLACIER"}]),
    (
        42,
        "ArchiveBucket",
        f"{RULE}/NoncurrentVersionTransitions",
        [[{"StorageClass": "DEEP_ARCHIVE", "TransitionInDays": 1}]],
    ),
    (43, "Audit", f"{RULE}/ExpirationInDays", [364, "7", 0, IF]),
    (43, "Audit", f"{RULE}/ExpirationDate", ["2030-01-01T00:00:00Z"]),
    (43, "Audit", f"{RULE}/NoncurrentVersionExpiration", [{"NoncurrentDays": 1}, {}, IF]),
    (43, "Audit", f"{RULE}/NoncurrentVersionExpirationInDays", [1, IF]),
    (44, "Stream", f"{P}/RetentionPeriodHours", [24, "24", MISSING, IF, 167]),
    (45, "Group", f"{P}/RetentionInDays", [1, "30", 0, IF, {"Ref": "Days"}]),
    (45, "Group", f"{P}/LogGroupClass", ["DELIVERY", "INFREQUENT_ACCESS", IF]),
    (46, "Queue", f"{P}/MessageRetentionPeriod", [MISSING, 60, "345600", 1209599, IF]),
    (46, "Queue", f"{P}/MaximumMessageSize", [1024, "262143", IF]),
    (47, "Function", f"{P}/ReservedConcurrentExecutions", [0, "0", -1, IF, {"Ref": "Number"}]),
    (47, "Key", f"{P}/Enabled", [False, "false", CHOICE]),
    (48, "Key", f"{P}/PendingWindowInDays", [7, "7", 29, IF]),
    (48, "Key", f"{P}/RotationPeriodInDays", [366, "2560", IF]),
    (48, "Key", f"{P}/Origin", ["EXTERNAL", IF]),
    (48, "Key", f"{P}/BypassPolicyLockoutSafetyCheck", [True, "true", CHOICE]),
    (
        49,
        "Alias",
        f"{P}/TargetKeyId",
        ["arn:aws:kms:eu-west-1:999999999999:key/1", {"Ref": "Group"}, {"Ref": "Elsewhere"}, IF],
    ),
    (49, "Database", f"{P}/KmsKeyId", [MISSING, "alias/aws/rds", "", CHOICE]),
    (50, "Schedule", f"{P}/RotationRules", [MISSING, {}, {"AutomaticallyAfterDays": 91}]),
    (50, "Schedule", f"{P}/RotationRules/AutomaticallyAfterDays", ["1000", IF]),
    (50, "Schedule", f"{P}/RotationRules", [{"ScheduleExpression": "rate(999 days)"}]),
    (50, "Schedule", f"{P}/RotationLambdaARN", [MISSING]),
    (50, "Database", f"{P}/MasterUserPassword", ["{{resolve:secretsmanager:other}}", MISSING]),
    (52, "Plan", PLAN, [[], MISSING]),
    (52, "Plan", f"{PLAN}/0/Lifecycle", [{"DeleteAfterDays": 34}, {"DeleteAfterDays": IF}, CHOICE]),
    (52, "Plan", f"{PLAN}/0/ScheduleExpression", ["cron(0 1 1 * ? *)", "rate(2 days)", MISSING]),
    (52, "Plan", f"{PLAN}/0/ScheduleExpression", ["cron(0 1 ? * SUN *)", "cron(0 1 * 1 ? *)", IF]),
    (52, "Plan", f"{PLAN}/0/TargetBackupVault", ["Default", {"Ref": "Topic"}, IF]),
    (52, "Plan", f"{PLAN}/0/StartWindowMinutes", [1440, "481", IF]),
    (53, "Alarm", f"{P}/MetricName", ["NumberOfCopyJobsCompleted"]),
    (53, "Alarm", f"{P}/Dimensions", [[], [{"Name": "BackupVaultName", "Value": "other"}]]),
    (53, "Alarm", "Condition", ["Never"]),
    (57, "Mapping", f"{P}/MaximumRecordAgeInSeconds", [60, "3599", IF]),
    (57, "Mapping", f"{P}/MaximumRetryAttempts", [0, "1", IF]),
    (57, "Mapping", f"{P}/FilterCriteria", [{"Filters": []}, CHOICE]),
    (58, "Age", f"{P}/Threshold", [1000000000, "3600001", MISSING, IF]),
    (58, "Age", f"{P}/ComparisonOperator", ["LessThanThreshold", MISSING, IF]),
    (58, "Age", f"{P}/Statistic", ["Minimum", "SampleCount", MISSING]),
    (58, "Age", f"{P}/EvaluationPeriods", [100, IF]),
    (58, "Age", f"{P}/TreatMissingData", ["ignore", "notBreaching", MISSING]),
    (58, "Share", f"{P}/Threshold", [100, "1000", IF]),
    (58, "Share", f"{P}/ComparisonOperator", ["LessThanThreshold"]),
    (58, "Share", f"{P}/Metrics/0/Expression", ["0 * part", "100 * part * 0.0", "0.0 * part"]),
    (58, "Composite", f"{P}/AlarmRule", ["FALSE", "ALARM(elsewhere)", MISSING]),
    (58, "Composite", f"{P}/AlarmRule", [{"Fn::Sub": "ALARM(${Age}) AND FALSE"}]),
    (58, "Composite", f"{P}/AlarmRule", [{"Fn::Sub": "NOT ALARM(${Age})"}]),
    (59, "Group", f"{P}/Parameters/synchronous_commit", ["off", "0", False, IF]),
    (59, "Group", f"{P}/Parameters/fsync", ["0", "OFF"]),
    (60, "Filter", f"{P}/FilterPattern", ['{ $.eventName = "Never" }']),
    (60, "Filter", f"{P}/LogGroupName", ["elsewhere", MISSING, IF]),
    (61, "Vault", f"{P}/AccessPolicy/Statement/0/Action", ["backup:*", "BACKUP:delete*", MISSING]),
    (62, "Database", f"{P}/PreferredBackupWindow", ["01:00-02:00", "02:00-01:30", "00:45-01:15"]),
    (62, "Database", f"{P}/PreferredBackupWindow", ["02:59-03:29", "23:30-00:01", IF]),
]  # fmt: skip
# The resource that fails, and the paths that it reports, when they are not those of the change.
ELSEWHERE = {"Alarm": "Vault"}


def change(template: dict[str, Any], logical_id: str, path: str, value: object) -> None:
    parent, _, last = path.rpartition("/")
    resource = template["Resources"][logical_id]
    holder = at(resource, parent) if parent else resource
    if isinstance(holder, list):
        holder[int(last)] = value
    elif value is MISSING:
        del holder[last]
    else:
        holder[last] = value


@pytest.mark.parametrize(
    ("policy", "logical_id", "path", "values"),
    WEAK,
    ids=[f"{policy} {name}.{path.rpartition('/')[2]}" for policy, name, path, _ in WEAK],
)
def test_every_weak_value_is_found(
    policy: int, logical_id: str, path: str, values: list[Any], tmp_path: Path
) -> None:
    for number, value in enumerate(values):
        template = good(policy)
        change(template, logical_id, path, value)
        found = violations(f"CKV_CATALOG_{policy}", template, tmp_path / str(number))
        assert set(found) == {ELSEWHERE.get(logical_id, logical_id)}, value
        for reported in found.get(logical_id, []):
            plain = reported.replace("[", "").replace("]", "")
            assert plain.startswith(path) or path.startswith(plain), (value, reported)


STRONG: list[tuple[int, str, str, list[Any]]] = [
    (15, "Function", f"{P}/Environment/Variables/CACHE_TOKEN", [{"Ref": "Secret"}, "", MISSING]),
    (15, "Function", f"{P}/Environment/Variables/CACHE_TOKEN", [{"Fn::Sub": "${Secret.Arn}"}]),
    (
        15,
        "Function",
        f"{P}/Environment/Variables/CACHE_TOKEN",
        [{"Fn::Select": [6, {"Fn::Split": [":", {"Ref": "Secret"}]}]}],
    ),
    (32, "Cache", "DeletionPolicy", ["RetainExceptOnCreate"]),
    (33, "Database", f"{P}/BackupRetentionPeriod", ["7", 35]),
    (33, "Database", f"{P}/DeleteAutomatedBackups", ["false"]),
    (37, "Database", f"{P}/AllowMajorVersionUpgrade", [False, "false"]),
    (39, "Cache", f"{P}/ReplicasPerNodeGroup", [5, "2"]),
    (42, "ArchiveBucket", f"{RULE}/Status", ["Disabled"]),
    (42, "ArchiveBucket", f"{RULE}/ObjectSizeGreaterThan", ["131072"]),
    (43, "Audit", f"{RULE}/ExpirationInDays", [365, "3650"]),
    (45, "Group", f"{P}/RetentionInDays", [MISSING, 3653]),
    (46, "Queue", f"{P}/MaximumMessageSize", [262144, "1048576"]),
    (47, "Function", f"{P}/ReservedConcurrentExecutions", [MISSING, 1]),
    (48, "Key", f"{P}/PendingWindowInDays", [MISSING, "30"]),
    (49, "Alias", f"{P}/TargetKeyId", [{"Ref": "Key"}, {"Fn::Sub": "${Key.Arn}"}]),
    (50, "Schedule", f"{P}/RotationRules", [{"ScheduleExpression": "rate(4 hours)"}]),
    (52, "Plan", f"{PLAN}/0/ScheduleExpression", ["rate(12 hours)", "cron(0 */6 * * ? *)"]),
    (52, "Plan", f"{PLAN}/0/Lifecycle", [MISSING, {"MoveToColdStorageAfterDays": 30}]),
    (57, "Mapping", f"{P}/MaximumRetryAttempts", [2, "100"]),
    (58, "Age", f"{P}/Threshold", ["1000", 3600000]),
    (58, "Share", f"{P}/Threshold", [0, "99"]),
    (58, "Share", f"{P}/Metrics/0/Expression", ["100 * part / 10", "0.5 * part", "part"]),
    (59, "Group", f"{P}/Parameters/synchronous_commit", ["ON", "remote_apply"]),
    (60, "Filter", f"{P}/FilterPattern", ["[timestamp, level = ERROR]"]),
    (61, "Vault", f"{P}/AccessPolicy", [MISSING]),
    (62, "Database", f"{P}/PreferredBackupWindow", ["03:00-03:30", "23:00-00:00", MISSING]),
    (64, "Cache", f"{P}/EngineVersion", ["6.2", "8.1"]),
    (64, "Cache", f"{P}/AutoMinorVersionUpgrade", ["true"]),
    (64, "Function", f"{P}/RuntimeManagementConfig", [MISSING, {"UpdateRuntimeOn": "Auto"}]),
    (65, "Secret", f"{P}/GenerateSecretString", [{}, {"PasswordLength": "22"}, MISSING]),
    (65, "Secret", f"{P}/GenerateSecretString/ExcludeCharacters", ['"@/\\', ""]),
    (66, "Cache", f"{P}/UserGroupIds", [[{"Ref": "Users"}], []]),
    (68, "Secret", f"{P}/ReplicaRegions", [[{"Region": "eu-west-1"}], [{"Region": REGION}], []]),
    (71, "Function", f"{P}/LoggingConfig/ApplicationLogLevel", [MISSING, "TRACE", "INFO"]),
    (73, "Function", f"{P}/DeadLetterConfig", [{"TargetArn": {"Fn::Sub": "${Stream.Arn}"}}]),
    (74, "Function", f"{P}/Environment", [MISSING]),
]


@pytest.mark.parametrize(
    ("policy", "logical_id", "path", "values"),
    STRONG,
    ids=[f"{policy} {name}.{path.rpartition('/')[2]}" for policy, name, path, _ in STRONG],
)
def test_another_strong_value_is_no_violation(
    policy: int, logical_id: str, path: str, values: list[Any], tmp_path: Path
) -> None:
    for number, value in enumerate(values):
        template = good(policy)
        change(template, logical_id, path, value)
        assert violations(f"CKV_CATALOG_{policy}", template, tmp_path / str(number)) == {}, value
