"""The audit trail and its bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_the_trail_records_the_use_of_the_key_and_every_access_to_the_archive(
    template: Template,
) -> None:
    trail = template.properties("Audit/Trail")
    assert trail["EnableLogFileValidation"] is True
    assert trail["IsLogging"] is True
    management, data = trail["EventSelectors"]
    assert management == {"IncludeManagementEvents": True, "ReadWriteType": "All"}
    assert data["ReadWriteType"] == "All"
    (archive,) = data["DataResources"]
    assert archive["Type"] == "AWS::S3::Object"
    assert template.arn("Archive/Bucket") in archive["Values"][0]["Fn::Join"][1]


def test_trail_writes_to_its_own_log_group(template: Template) -> None:
    trail = template.properties("Audit/Trail")
    assert trail["CloudWatchLogsLogGroupArn"] == template.arn("Logs/Trail")
    assert template.actions("Audit/Trail/LogsRole/DefaultPolicy") == {
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


def test_audit_logs_expire(template: Template) -> None:
    (rule,) = template.properties("Audit/Bucket")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 1100


def test_s3_can_deliver_access_logs_to_the_bucket(template: Template) -> None:
    (rule,) = template.properties("Audit/Bucket")["BucketEncryption"][
        "ServerSideEncryptionConfiguration"
    ]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    writers = [
        statement
        for statement in template.statements("Audit/Bucket/Policy")
        if statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    ]
    assert [writer["Condition"]["StringEquals"] for writer in writers] == [
        {"aws:SourceAccount": "123456789012"}
    ] * 2


def test_no_audit_resources_when_disabled(minimal: Template) -> None:
    assert not any(path.startswith("Audit") for path in minimal.logical_ids)
    assert not minimal.has("Logs/Trail")


@pytest.mark.parametrize(("trail", "access_logs"), [(True, False), (False, True)])
def test_trail_and_access_logs_are_enabled_separately(
    tmp_path: Path, trail: bool, access_logs: bool
) -> None:
    (found,) = templates_of(
        tmp_path,
        a_manifest(
            audit={"trail": trail, "access_logs": access_logs},
            alarms={"minimum_severity": "off"},
        ),
    )
    assert found.has("Audit/Bucket")
    assert found.has("Audit/Trail") is trail
    assert ("LoggingConfiguration" in found.properties("Archive/Bucket")) is access_logs


def test_a_trail_without_management_events_records_the_archive_in_its_region(
    tmp_path: Path,
) -> None:
    off = {"key_errors": {"above_count": 5, "severity": "off"}}
    (found,) = templates_of(tmp_path, a_manifest(audit={"management_events": False}, alarms=off))
    trail = found.properties("Audit/Trail")
    (data,) = trail["EventSelectors"]
    assert data["IncludeManagementEvents"] is False
    assert found.arn("Archive/Bucket") in data["DataResources"][0]["Values"][0]["Fn::Join"][1]
    assert (trail["IsMultiRegionTrail"], trail["IncludeGlobalServiceEvents"]) == (False, False)
    # Its only reader is the alarm.
    assert not found.has("Logs/Trail")
    assert "CloudWatchLogsLogGroupArn" not in trail
