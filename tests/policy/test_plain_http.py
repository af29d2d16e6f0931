from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.plain_http import refuses_plain_http
from catalog_platform.policy.scanned_stack import ScannedStack

ARN = {"Fn::GetAtt": ["Bucket", "Arn"]}
OBJECTS = {"Fn::Join": ["", [ARN, "/*"]]}
DENY: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [ARN, OBJECTS],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def refuses(bucket: object = "Bucket", drop: str = "", **changes: Any) -> bool:
    statement = {key: value for key, value in {**DENY, **changes}.items() if key != drop}
    name = {"Ref": bucket} if isinstance(bucket, str) else bucket
    properties = {"Bucket": name, "PolicyDocument": {"Statement": [statement]}}
    resources = {
        name: Resource(logical_id=name, type=kind, path="", attributes={}, properties=properties)
        for name, kind in (("Bucket", "AWS::S3::Bucket"), ("Policy", "AWS::S3::BucketPolicy"))
    }
    return refuses_plain_http(
        ScannedStack(resources["Bucket"], resources),
        policy="AWS::S3::BucketPolicy",
        attached_by="Bucket",
        action="s3:*",
        resources=("", "/*"),
    )


def test_a_denial_to_everyone_refuses_plain_http() -> None:
    assert refuses()
    assert refuses(Action="*", Resource="*", Principal={"AWS": "*"})


@pytest.mark.parametrize(
    "changes",
    [
        {"bucket": "Other"},
        {"Effect": "Allow"},
        {"Principal": {"AWS": "111111111111"}},
        {"Action": "s3:PutObject"},
        {"Resource": ARN},
        {"Resource": OBJECTS},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
        {"Condition": {**DENY["Condition"], "StringEquals": {"aws:PrincipalAccount": "1"}}},
        {"Condition": {}},
        {"bucket": {"Fn::Sub": "${Bucket}-logs"}},
        {"Principal": {"Service": "*"}},
        {"Principal": {"CanonicalUser": "*"}},
        {"Action": "s3:?"},
        {"Action": "s3:[*]"},
        {"drop": "Action", "NotAction": "s3:GetObject"},
        {"drop": "Action", "NotAction": "*"},
        {"drop": "Resource", "NotResource": OBJECTS},
        {"drop": "Principal", "NotPrincipal": {"AWS": "111111111111"}},
        {"NotAction": "s3:GetObject", "Action": "s3:PutObject"},
        {"Action": {"Fn::If": ["IsLarge", "s3:*", "s3:PutObject"]}},
        {"Condition": {"Fn::If": ["IsLarge", DENY["Condition"], {}]}},
        {"Condition": {**DENY["Condition"], "StringLike": {"aws:PrincipalArn": None}}},
    ],
)
def test_a_denial_of_part_of_the_requests_does_not(changes: dict[str, Any]) -> None:
    assert not refuses(**changes)
