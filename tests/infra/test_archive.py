"""The archive bucket, and the properties that all buckets share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def rule(template: Template, bucket: str) -> dict[str, Any]:
    (only,) = template.properties(bucket)["LifecycleConfiguration"]["Rules"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize("bucket", ["Archive/Bucket", "DeadLetters/Bucket", "Audit/Bucket"])
def test_every_bucket_is_private_versioned_and_requires_tls(
    template: Template, bucket: str
) -> None:
    properties = template.properties(bucket)
    assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}
    assert properties["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "BucketName" not in properties
    deny = template.statements(f"{bucket}/Policy")[0]
    assert deny["Effect"] == "Deny"
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert rule(template, bucket)["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}


def test_objects_are_transitioned_and_expire(template: Template) -> None:
    lifecycle = rule(template, "Archive/Bucket")
    assert [
        (move["StorageClass"], move["TransitionInDays"]) for move in lifecycle["Transitions"]
    ] == [
        ("INTELLIGENT_TIERING", 30),
    ]
    assert lifecycle["ExpirationInDays"] == 1100
    assert lifecycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


def test_every_storage_class_of_the_manifest_is_used(tmp_path: Path) -> None:
    days = {"glacier_after_days": 90, "deep_archive_after_days": 365}
    (found,) = templates_of(tmp_path, a_manifest(archive=days))
    assert [
        (move["StorageClass"], move["TransitionInDays"])
        for move in rule(found, "Archive/Bucket")["Transitions"]
    ] == [("INTELLIGENT_TIERING", 30), ("GLACIER", 90), ("DEEP_ARCHIVE", 365)]


def test_small_objects_expire_where_they_are(template: Template) -> None:
    configuration = template.properties("Archive/Bucket")["LifecycleConfiguration"]
    assert configuration["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"
    # A filter by size would apply to the expiration of the same rule too.
    (lifecycle,) = configuration["Rules"]
    assert not {"ObjectSizeGreaterThan", "ObjectSizeLessThan"} & set(lifecycle)


def test_disabled_transitions_are_omitted(minimal: Template) -> None:
    assert "Transitions" not in rule(minimal, "Archive/Bucket")


def test_object_lock_equals_the_retention(maximal: Template, template: Template) -> None:
    bucket = maximal.properties("Archive/Bucket")
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "COMPLIANCE",
        "Days": 1100,
    }
    assert "ObjectLockEnabled" not in template.properties("Archive/Bucket")


def test_access_logs_go_to_the_audit_bucket_if_enabled(
    template: Template, minimal: Template
) -> None:
    for bucket, prefix in (
        ("Archive/Bucket", "access/archive/"),
        ("DeadLetters/Bucket", "access/dead-letters/"),
    ):
        assert template.properties(bucket)["LoggingConfiguration"] == {
            "DestinationBucketName": template.ref("Audit/Bucket"),
            "LogFilePrefix": prefix,
        }
        assert "LoggingConfiguration" not in minimal.properties(bucket)


def test_no_bucket_is_emptied_automatically(template: Template) -> None:
    assert template.resource("Archive/Bucket")["DeletionPolicy"] == "RetainExceptOnCreate"
    assert "aws-cdk:auto-delete-objects" not in str(template.content)
