"""Policies on data that must stay: what the resources of a template need of one another."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

import catalog_reader
from inventory_processor.processor import COUNTS
from support.manifests import ROOT
from support.policy_checks import good, violations

# The metrics of a mapping that say that updates are lost.
LOST = ("OnFailureDestinationDeliveredEventCount", "DroppedEventCount")


@pytest.mark.parametrize(
    ("policy", "missing", "fails"),
    [
        (50, "Schedule", "Database"),
        (51, "Selection", "Database"),
        (51, "Plan", "Database"),
        (53, "Alarm", "Vault"),
    ],
)
def test_a_store_fails_when_what_protects_it_is_removed(
    policy: int, missing: str, fails: str, tmp_path: Path
) -> None:
    template = good(policy)
    del template["Resources"][missing]
    assert set(violations(f"CKV_CATALOG_{policy}", template, tmp_path)) == {fails}


@pytest.mark.parametrize(("policy", "name"), [(50, "Schedule"), (51, "Selection"), (51, "Plan")])
def test_what_a_condition_can_leave_out_protects_nothing(
    policy: int, name: str, tmp_path: Path
) -> None:
    template = good(policy)
    template["Resources"][name]["Condition"] = "Never"
    assert "Database" in violations(f"CKV_CATALOG_{policy}", template, tmp_path)


def test_a_selection_needs_a_role_that_aws_backup_can_assume(tmp_path: Path) -> None:
    template = good(51)
    trust = template["Resources"]["Role"]["Properties"]["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Principal"] = {"Service": "lambda.amazonaws.com"}
    assert set(violations("CKV_CATALOG_51", template, tmp_path)) == {"Database"}


@pytest.mark.parametrize(("longest", "fails"), [(7, True), (34, True), (35, False)])
def test_a_locked_vault_must_accept_the_copies(longest: int, fails: bool, tmp_path: Path) -> None:
    template = good(52)
    vault = template["Resources"]["Vault"]["Properties"]
    vault["LockConfiguration"] = {"MinRetentionDays": 1, "MaxRetentionDays": longest}
    assert bool(violations("CKV_CATALOG_52", template, tmp_path)) == fails


def test_an_alarm_on_backups_expects_one_of_each_store(tmp_path: Path) -> None:
    template = good(51)
    alarm = template["Resources"]["Alarm"]["Properties"]
    alarm |= {
        "MetricName": "NumberOfBackupJobsCompleted",
        "ComparisonOperator": "LessThanThreshold",
        "Statistic": "Sum",
        "Threshold": 1,
        "TreatMissingData": "breaching",
    }
    assert violations("CKV_CATALOG_58", template, tmp_path / "one") == {}
    chosen = template["Resources"]["Selection"]["Properties"]["BackupSelection"]["Resources"]
    chosen.append("arn:aws:s3:::archive")
    paths = ["Properties/Threshold"]
    assert violations("CKV_CATALOG_58", template, tmp_path / "two") == {"Alarm": paths}


def test_a_stream_is_read_by_a_function(tmp_path: Path) -> None:
    template = good(44)
    template["Resources"]["Function"] = {"Type": "AWS::Lambda::Function", "Properties": {}}
    assert violations("CKV_CATALOG_47", template, tmp_path / "unread") == {
        "Stream": ["EventSourceMapping"]
    }
    template["Resources"]["Mapping"] = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {"EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]}},
    }
    assert violations("CKV_CATALOG_47", template, tmp_path / "read") == {}


def test_a_mapping_and_a_metric_filter_need_metrics_and_alarms(tmp_path: Path) -> None:
    template = good(57)
    mapping = template["Resources"]["Mapping"]["Properties"]
    mapping["FunctionName"] = {"Ref": "Function"}
    change = {"MetricNamespace": "Ours", "MetricName": "KeyErrors", "MetricValue": "1"}
    template["Resources"] |= {
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {}},
        "Filter": {
            "Type": "AWS::Logs::MetricFilter",
            "Properties": {"MetricTransformations": [change]},
        },
    }
    found = violations("CKV_CATALOG_53", template, tmp_path / "bare")
    missing = ["Properties/MetricsConfig", *(f"Alarms/{name}" for name in LOST)]
    assert found == {"Mapping": missing, "Filter": ["Alarms/KeyErrors"]}
    mapping["MetricsConfig"] = {"Metrics": ["EventCount"]}
    dimension = {"Name": "EventSourceMappingUUID", "Value": {"Ref": "Mapping"}}
    for name in (*LOST, "KeyErrors"):
        template["Resources"][name] = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"MetricName": name, "Dimensions": [dimension]},
        }
    assert violations("CKV_CATALOG_53", template, tmp_path / "watched") == {}


def test_a_selection_that_excludes_resources_selects_none(tmp_path: Path) -> None:
    template = good(51)
    selection = template["Resources"]["Selection"]["Properties"]["BackupSelection"]
    selection["NotResources"] = ["arn:aws:rds:*:*:db:*"]
    assert set(violations("CKV_CATALOG_51", template, tmp_path)) == {"Database"}


def test_a_database_that_no_function_of_a_sample_uses_needs_neither_backup_nor_rotation(
    tmp_path: Path,
) -> None:
    template = good(51)
    for name in ("Selection", "Schedule"):
        del template["Resources"][name]
    del template["Resources"]["Function"]["Properties"]["Environment"]
    for policy in (50, 51, 53):
        assert violations(f"CKV_CATALOG_{policy}", template, tmp_path / str(policy)) == {}
    for policy in (50, 51):
        strict = tmp_path / f"environment-{policy}"
        assert violations(f"CKV_CATALOG_{policy}", template, strict, is_environment=True)


@pytest.mark.parametrize("metric", ["ReplicaLag", "FreeStorageSpace"])
def test_a_replica_needs_each_of_its_alarms(metric: str, tmp_path: Path) -> None:
    template = good(38)
    for resource in template["Resources"].values():
        if resource.get("Properties", {}).get("MetricName") == metric:
            resource["Properties"]["MetricName"] = "CPUUtilization"
    assert set(violations("CKV_CATALOG_53", template, tmp_path)) == {"Replica"}


def test_a_log_group_of_a_replica_may_be_deleted_with_it(tmp_path: Path) -> None:
    template = good(38)
    resources = template["Resources"]
    resources["Replica"]["Properties"]["DBInstanceIdentifier"] = "catalog-replica-1"
    for identifier, allowed in (("catalog-replica-1", True), ("catalog", False)):
        resources["Logs"] = {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {"LogGroupName": f"/aws/rds/instance/{identifier}/postgresql"},
            "DeletionPolicy": "Delete",
            "UpdateReplacePolicy": "Delete",
        }
        found = violations("CKV_CATALOG_32", template, tmp_path / identifier)
        assert found == ({} if allowed else {"Logs": ["DeletionPolicy", "UpdateReplacePolicy"]})


def test_a_secret_may_be_deleted_only_with_the_cache_that_it_is_the_token_of(
    tmp_path: Path,
) -> None:
    template = good(32)
    resources = template["Resources"]
    resources["Secret"] = {"Type": "AWS::SecretsManager::Secret", "DeletionPolicy": "Delete"}
    assert set(violations("CKV_CATALOG_32", template, tmp_path / "alone")) == {"Secret"}
    token = {"Fn::Join": ["", ["{{resolve:secretsmanager:", {"Ref": "Secret"}, "}}"]]}
    resources["Cache"]["Properties"]["AuthToken"] = token
    assert violations("CKV_CATALOG_32", template, tmp_path / "token") == {}


def test_records_outlive_the_retries_of_the_function_that_reads_them(tmp_path: Path) -> None:
    template = good(44)
    mapping = {
        "EventSourceArn": {"Fn::GetAtt": ["Stream", "Arn"]},
        "MaximumRecordAgeInSeconds": 604800,
    }
    template["Resources"]["Mapping"] = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": mapping,
    }
    paths = ["Properties/RetentionPeriodHours"]
    assert violations("CKV_CATALOG_44", template, tmp_path / "long") == {"Stream": paths}
    mapping["MaximumRecordAgeInSeconds"] = 600000
    assert violations("CKV_CATALOG_44", template, tmp_path / "short") == {}


def test_a_queue_that_invokes_a_function_needs_a_second_queue_and_time(tmp_path: Path) -> None:
    template = good(46)
    queue = template["Resources"]["Queue"]["Properties"]
    template["Resources"] |= {
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "FunctionName": {"Ref": "Function"},
            },
        },
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {"Timeout": 60}},
    }
    missing = ["Properties/RedrivePolicy", "Properties/VisibilityTimeout"]
    assert violations("CKV_CATALOG_46", template, tmp_path / "bare") == {"Queue": missing}
    queue |= {"VisibilityTimeout": 359, "RedrivePolicy": {"deadLetterTargetArn": "arn:other"}}
    assert violations("CKV_CATALOG_46", template, tmp_path / "hasty") == {"Queue": missing[1:]}
    queue["VisibilityTimeout"] = 360
    assert violations("CKV_CATALOG_46", template, tmp_path / "good") == {}


def test_a_bucket_that_functions_use_states_its_encryption(tmp_path: Path) -> None:
    template = good(49)
    variables = {"Variables": {"BUCKET": {"Ref": "Bucket"}}}
    template["Resources"] |= {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {}},
        "Function": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": variables}},
    }
    paths = ["Properties/BucketEncryption"]
    assert violations("CKV_CATALOG_49", template, tmp_path) == {"Bucket": paths}


@pytest.mark.parametrize("key", [{"Ref": "Other"}, "alias/aws/s3", None])
def test_a_bucket_has_the_key_of_the_stack_unless_logs_are_delivered_to_it(
    key: object, tmp_path: Path
) -> None:
    template = good(49)
    by_default: dict[str, Any] = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    encryption = [{"ServerSideEncryptionByDefault": by_default}]
    properties: dict[str, Any] = {
        "BucketEncryption": {"ServerSideEncryptionConfiguration": encryption}
    }
    template["Resources"]["Bucket"] = {"Type": "AWS::S3::Bucket", "Properties": properties}
    assert set(violations("CKV_CATALOG_49", template, tmp_path / "kms")) == {"Bucket"}
    by_default["SSEAlgorithm"] = "AES256"
    assert set(violations("CKV_CATALOG_49", template, tmp_path / "aes")) == {"Bucket"}
    template["Resources"]["Trail"] = {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {"S3BucketName": {"Ref": "Bucket"}},
    }
    assert violations("CKV_CATALOG_49", template, tmp_path / "logs") == {}


@pytest.mark.parametrize(
    ("body", "fails"),
    [
        ([["ProductCatalog", "RowsChanged"], [".", "EventsMalformed"]], False),
        ([["ProductCatalog", "RowsChanged"], [".", "RecordsStale"]], True),
        ([["AWS/Lambda", "Errors", "FunctionName", "x"], [{"expression": "1 + 1"}]], False),
        ([["ProductCatalogue", "RowsChanged"]], True),
        ([["Filtered", "KeyErrors"]], False),
    ],
)
def test_a_dashboard_draws_only_what_is_emitted(body: object, fails: bool, tmp_path: Path) -> None:
    template = good(54)
    widget = {"type": "metric", "properties": {"metrics": body}}
    text = json.dumps({"widgets": [widget]})
    properties = template["Resources"]["Dashboard"]["Properties"]
    template["Resources"]["Filter"] = {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "MetricTransformations": [{"MetricNamespace": "Filtered", "MetricName": "KeyErrors"}]
        },
    }
    for number, value in enumerate((text, {"Fn::Join": ["", [text[:20], text[20:]]]})):
        properties["DashboardBody"] = value
        found = violations("CKV_CATALOG_54", template, tmp_path / str(number))
        assert bool(found) == fails
    properties["DashboardBody"] = "{"
    assert violations("CKV_CATALOG_54", template, tmp_path / "broken") != {}


def test_the_emitted_metrics_are_those_of_the_functions() -> None:
    file = ROOT / "policies" / "checks" / "dashboard_draws_emitted_metrics.py"
    (listed,) = [
        {part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EMITTED"
    ]
    reader = {
        node.value
        for source in Path(catalog_reader.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.Constant) and re.fullmatch(r"Reader[A-Z]\w+", str(node.value))
    }
    assert listed == {*COUNTS} | reader


@pytest.mark.parametrize("source", ["DBSnapshotIdentifier", "SourceDbiResourceId"])
def test_a_restored_database_has_the_key_of_its_backup(source: str, tmp_path: Path) -> None:
    template = good(49)
    properties = template["Resources"]["Database"]["Properties"]
    del properties["KmsKeyId"]
    assert violations("CKV_CATALOG_49", template, tmp_path / "new") == {
        "Database": ["Properties/KmsKeyId"]
    }
    properties[source] = "before-the-mistake"
    assert violations("CKV_CATALOG_49", template, tmp_path / "restored") == {}
