"""S3 refuses documents that its service model accepts."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from embedded_aws.emulator.request_validation.s3_documents import RULES

BUCKET = "archive"
STATEMENT = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
}
RULE = {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": ""}}
TAG = {"Key": "k", "Value": "v"}


def code(operation: str, **parameters: Any) -> str:
    refusal = RULES[operation]({"Bucket": BUCKET, **parameters})
    return refusal.code if refusal else ""


def policy(**changes: Any) -> str:
    statement = {name: value for name, value in {**STATEMENT, **changes}.items() if value}
    return code("PutBucketPolicy", Policy=json.dumps({"Statement": [statement]}))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"Statement": []}', "[" * 9999])
def test_a_policy_is_a_json_object_with_statements(text: str) -> None:
    assert code("PutBucketPolicy", Policy=text) == "MalformedPolicy"


@pytest.mark.parametrize(
    "changes",
    [
        {"Effect": "Maybe"},
        {"Effect": None},
        {"Principal": None},
        {"Action": None},
        {"Action": "sqs:SendMessage"},
        {"Action": [1]},
        {"Resource": "arn:aws:s3:::other/*"},
        {"Resource": None},
        {"NotAction": "s3:GetObject"},
    ],
)
def test_a_statement_has_its_parts_and_names_the_bucket(changes: dict[str, Any]) -> None:
    assert policy() == ""
    assert policy(**changes) == "MalformedPolicy"


def test_a_policy_may_name_what_it_excludes() -> None:
    assert policy(Action=None, NotAction="s3:GetObject") == ""
    assert policy(Principal=None, NotPrincipal={"AWS": "*"}) == ""
    text = json.dumps({"Version": "2030-01-01", "Statement": STATEMENT})
    assert code("PutBucketPolicy", Policy=text) == "MalformedPolicy"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"Expiration": {"Days": 1}}, ""),
        ({"Expiration": {"Days": 0}}, "InvalidArgument"),
        ({"Expiration": {"Days": 1, "ExpiredObjectDeleteMarker": True}}, "MalformedXML"),
        ({}, "MalformedXML"),
        ({"NoncurrentVersionExpiration": {"NoncurrentDays": 0}}, "InvalidArgument"),
        ({"Transitions": [{"Days": -1}]}, "InvalidArgument"),
        ({"Transitions": [{"Days": 5}], "Expiration": {"Days": 5}}, "InvalidArgument"),
        ({"Transitions": [{"Days": 5}], "Expiration": {"Days": 6}}, ""),
        ({"Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]}, ""),
        ({"Transitions": [{"Days": 29, "StorageClass": "STANDARD_IA"}]}, "InvalidArgument"),
        ({"Transitions": [{"Days": 0, "StorageClass": "GLACIER"}]}, ""),
        (
            {"NoncurrentVersionTransitions": [{"NoncurrentDays": 1, "StorageClass": "ONEZONE_IA"}]},
            "InvalidArgument",
        ),
        ({"Expiration": {"Days": 1}, "Prefix": "x"}, "MalformedXML"),
    ],
)
def test_lifecycle_rules_have_an_action_and_days_in_order(
    changes: dict[str, Any], expected: str
) -> None:
    configuration = {"Rules": [{**RULE, **changes}]}
    operation = "PutBucketLifecycleConfiguration"
    assert code(operation, LifecycleConfiguration=configuration) == expected


def test_lifecycle_rules_have_different_names() -> None:
    rules = [{**RULE, "Expiration": {"Days": 1}}] * 2
    operation = "PutBucketLifecycleConfiguration"
    assert code(operation, LifecycleConfiguration={"Rules": rules}) == "InvalidArgument"


def test_tags_are_few_and_different() -> None:
    def tagging(*tags: Any, **given: Any) -> str:
        operation = "PutObjectTagging" if given else "PutBucketTagging"
        return code(operation, Tagging={"TagSet": tags}, **given)

    many = [{"Key": str(number), "Value": ""} for number in range(51)]
    assert tagging(TAG) == ""
    assert tagging(TAG, TAG) == "InvalidTag"
    assert tagging({"Key": "aws:x", "Value": ""}) == "InvalidTag"
    assert tagging(*many[:10], Key="k") == tagging(*many[:50]) == ""
    assert tagging(*many[:11], Key="k") == tagging(*many) == "BadRequest"


def test_a_cors_rule_names_methods_that_browsers_send() -> None:
    def cors(method: str) -> str:
        rules = [{"AllowedMethods": [method], "AllowedOrigins": ["*"]}]
        return code("PutBucketCors", CORSConfiguration={"CORSRules": rules})

    assert (cors("GET"), cors("PATCH")) == ("", "InvalidRequest")


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ({"Mode": "COMPLIANCE", "Days": 1}, ""),
        ({"Mode": "COMPLIANCE", "Days": 0}, "InvalidArgument"),
        ({"Mode": "COMPLIANCE", "Days": 36_500}, ""),
        ({"Mode": "COMPLIANCE", "Days": 36_501}, "InvalidArgument"),
        ({"Mode": "COMPLIANCE", "Years": 101}, "InvalidArgument"),
        ({"Mode": "COMPLIANCE", "Days": 1, "Years": 1}, "MalformedXML"),
        ({"Mode": "COMPLIANCE"}, "MalformedXML"),
        ({"Days": 1}, "MalformedXML"),
    ],
)
def test_a_default_retention_has_a_mode_and_one_period(
    default: dict[str, Any], expected: str
) -> None:
    configuration = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": default}}
    operation = "PutObjectLockConfiguration"
    assert code(operation, ObjectLockConfiguration=configuration) == expected


def test_a_retention_ends_in_the_future() -> None:
    def retention(**given: Any) -> str:
        return code("PutObjectRetention", Key="k", Retention=given)

    later = time.time() + 60
    assert retention(Mode="GOVERNANCE", RetainUntilDate=later) == ""
    assert retention(Mode="GOVERNANCE", RetainUntilDate=later - 120) == "InvalidArgument"
    assert retention(Mode="GOVERNANCE") == "MalformedXML"


def test_a_deletion_names_between_one_and_a_thousand_objects() -> None:
    codes = [
        code("DeleteObjects", Delete={"Objects": [{"Key": "k"}] * count})
        for count in (0, 1, 1000, 1001)
    ]
    assert codes == ["MalformedXML", "", "", "MalformedXML"]
