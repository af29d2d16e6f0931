"""The compliance archive, and what all buckets have in common."""

from __future__ import annotations

from typing import Any

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def rule(template: Template, bucket: str) -> dict[str, Any]:
    (only,) = template.properties(bucket)["LifecycleConfiguration"]["Rules"]
    assert isinstance(only, dict)
    return only


@pytest.mark.parametrize("bucket", ["Archive/Bucket", "DeadLetters/Bucket", "Audit/Bucket"])
def test_every_bucket_is_private_versioned_and_over_tls_only(
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


def test_objects_move_to_cheaper_classes_and_are_deleted_for_good(template: Template) -> None:
    lifecycle = rule(template, "Archive/Bucket")
    assert [
        (move["StorageClass"], move["TransitionInDays"]) for move in lifecycle["Transitions"]
    ] == [
        ("INTELLIGENT_TIERING", 30),
        ("GLACIER", 90),
        ("DEEP_ARCHIVE", 365),
    ]
    assert lifecycle["ExpirationInDays"] == 1100
    assert lifecycle["NoncurrentVersionExpiration"] == {"NoncurrentDays": 90}


def test_small_objects_move_as_well(template: Template) -> None:
    configuration = template.properties("Archive/Bucket")["LifecycleConfiguration"]
    assert configuration["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"


def test_classes_that_are_switched_off_are_left_out(minimal: Template) -> None:
    assert "Transitions" not in rule(minimal, "Archive/Bucket")


def test_locked_objects_stay_as_long_as_they_are_retained(
    maximal: Template, template: Template
) -> None:
    bucket = maximal.properties("Archive/Bucket")
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"] == {
        "Mode": "COMPLIANCE",
        "Days": 1100,
    }
    assert "ObjectLockEnabled" not in template.properties("Archive/Bucket")


def test_accesses_are_logged_to_the_audit_bucket_if_asked(
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


def test_nothing_empties_a_bucket_behind_its_owner(template: Template) -> None:
    assert template.resource("Archive/Bucket")["DeletionPolicy"] == "Retain"
    assert "aws-cdk:auto-delete-objects" not in str(template.content)
