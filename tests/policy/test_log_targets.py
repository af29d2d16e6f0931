from __future__ import annotations

import pytest

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.log_targets import receives_logs


def resource(logical_id: str, kind: str, **properties: object) -> Resource:
    return Resource(logical_id=logical_id, type=kind, path="", attributes={}, properties=properties)


BUCKET = resource("Audit", "AWS::S3::Bucket")


@pytest.mark.parametrize(
    "source",
    [
        resource("Trail", "AWS::CloudTrail::Trail", S3BucketName={"Ref": "Audit"}),
        resource("Flow", "AWS::EC2::FlowLog", LogDestination={"Fn::GetAtt": ["Audit", "Arn"]}),
        resource(
            "Other",
            "AWS::S3::Bucket",
            LoggingConfiguration={"DestinationBucketName": {"Ref": "Audit"}},
        ),
    ],
    ids=lambda source: source.logical_id,
)
def test_a_bucket_that_a_service_logs_to_receives_logs(source: Resource) -> None:
    resources = {each.logical_id: each for each in (BUCKET, source)}
    assert receives_logs(BUCKET, resources)
    if source.type == "AWS::S3::Bucket":
        assert not receives_logs(source, resources)


def test_another_reference_makes_no_target_of_logs() -> None:
    policy = resource("Policy", "AWS::S3::BucketPolicy", Bucket={"Ref": "Audit"})
    assert not receives_logs(BUCKET, {"Audit": BUCKET, "Policy": policy})
