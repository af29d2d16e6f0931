"""Resources of templates that AWS refuses, with the message and the page that says so."""

from __future__ import annotations

from typing import Any

from support.embedded import ACCOUNT, REGION

KINESIS = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_"
S3 = "https://docs.aws.amazon.com/AmazonS3/latest/API/API_"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest"
STREAM = f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/templates"
QUEUE = f"arn:aws:sqs:{REGION}:{ACCOUNT}:templates"


def stream(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Kinesis::Stream", "Properties": {"Name": "refused", **properties}}


def bucket(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "refused", **properties}}


def cors(method: str) -> dict[str, Any]:
    rule = {"AllowedMethods": [method], "AllowedOrigins": ["*"]}
    return {"CorsConfiguration": {"CorsRules": [rule]}}


def transition(days: int, storage_class: str) -> dict[str, Any]:
    step = {"TransitionInDays": days, "StorageClass": storage_class}
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "Transitions": [step]}]}}


def locked(**retention: Any) -> dict[str, Any]:
    default = {"DefaultRetention": {"Mode": "GOVERNANCE", **retention}}
    return {
        "ObjectLockEnabled": True,
        "ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": default},
    }


def policy(**statement: Any) -> dict[str, Any]:
    whole = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", **statement}
    properties = {"Bucket": "templates", "PolicyDocument": {"Statement": [whole]}}
    return {"Type": "AWS::S3::BucketPolicy", "Properties": properties}


def mapping(source: str, **properties: Any) -> dict[str, Any]:
    given = {"FunctionName": "templates", "EventSourceArn": source, "Enabled": False}
    return {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {**given, **properties}}


FILTERS = {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}}
# The stream, the queue, the bucket and the function "templates" exist.
CASES: list[tuple[dict[str, Any], str, str]] = [
    (stream(RetentionPeriodHours=12), "too short", f"{KINESIS}IncreaseStreamRetentionPeriod.html"),
    (stream(ShardCount=30_000), "shard limit", f"{KINESIS}CreateStream.html"),
    (stream(ShardCount=0), "greater than or equal to 1", f"{KINESIS}CreateStream.html"),
    (stream(Name="a b"), "regular expression", f"{KINESIS}CreateStream.html"),
    (bucket(**cors("PATCH")), "unsupported HTTP method", f"{S3}PutBucketCors.html"),
    (
        bucket(**transition(29, "STANDARD_IA")),
        "greater than or equal to 30",
        f"{S3}PutBucketLifecycleConfiguration.html",
    ),
    (
        bucket(**transition(90, "COLD")),
        "enum value set",
        f"{S3}PutBucketLifecycleConfiguration.html",
    ),
    (bucket(**locked(Days=36_501)), "at most 36500", f"{S3}PutObjectLockConfiguration.html"),
    (bucket(**locked(Years=101)), "at most 100", f"{S3}PutObjectLockConfiguration.html"),
    (policy(Resource="arn:aws:s3:::other"), "invalid resource", f"{S3}PutBucketPolicy.html"),
    (policy(Effect="Maybe", Resource="*"), "Invalid effect", f"{S3}PutBucketPolicy.html"),
    (
        mapping(STREAM, StartingPosition="LATEST", **FILTERS),
        "Invalid filter pattern",
        f"{LAMBDA}/dg/invocation-eventfiltering.html",
    ),
    (mapping(QUEUE, BatchSize="11"), "batch window", f"{LAMBDA}/dg/services-sqs-parameters.html"),
    (
        mapping(QUEUE, StartingPosition="LATEST"),
        "Unsupported StartingPosition",
        f"{LAMBDA}/dg/services-sqs-parameters.html",
    ),
]
