"""Rules of S3 about the settings that a bucket has already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import s3

from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]


def put_versioning(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html"""
    status = parameters.get("VersioningConfiguration", {}).get("Status")
    if status != "Suspended" or not s3._bucket_object_lock.get(parameters["Bucket"]):
        return None
    return Refusal(
        "InvalidBucketState",
        "An Object Lock configuration is present on this bucket, so the versioning state cannot be"
        " changed.",
        409,
    )


def put_logging(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLogging.html"""
    enabled = parameters.get("BucketLoggingStatus", {}).get("LoggingEnabled", {})
    target = enabled.get("TargetBucket")
    # A bucket of a template that is about to be created can be its own target.
    if target in (None, parameters["Bucket"]) or target in s3._buckets:
        return None
    return Refusal(
        "InvalidTargetBucketForLogging",
        "The target bucket for logging does not exist, is not owned by you, or does not have the"
        f" appropriate grants for the log-delivery group: {target}",
    )


RULES = {"PutBucketLogging": put_logging, "PutBucketVersioning": put_versioning}
