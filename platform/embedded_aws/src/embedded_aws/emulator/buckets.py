"""`AWS::S3::Bucket`: settings that the emulator's template handler ignores.

They are applied with the S3 API, which stores and returns them. The emulator enforces versioning
and object lock; encryption, lifecycle and access logs are only recorded.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import s3
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Properties, run_after, stack_client, tags

TYPE = "AWS::S3::Bucket"
_ALGORITHM = "x-amz-server-side-encryption"
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def install() -> None:
    """Wrap the emulator's handler, and support writes with KMS and no key id."""
    run_after(TYPE, _apply)
    handler = provisioners._RESOURCE_HANDLERS[TYPE]
    original_delete = handler["delete"]

    def delete(bucket: str, properties: Properties) -> None:
        _refuse_if_in_use(bucket)
        original_delete(bucket, properties)

    handler["delete"] = delete
    original = s3._resolve_sse_write_headers

    def resolve(headers: dict[str, str], bucket_name: str) -> Any:
        if headers.get(_ALGORITHM) == "aws:kms" and not headers.get(_KEY):
            headers = {**headers, _KEY: managed_key()}
        return original(headers, bucket_name)

    s3._resolve_sse_write_headers = resolve


def managed_key() -> str:
    """Return the key that S3 uses when a write requests KMS without a key id.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
    """
    return f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"


def _refuse_if_in_use(bucket: str) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html"""
    storage = stack_client("s3")
    with contextlib.suppress(storage.exceptions.NoSuchBucket):
        found = storage.list_object_versions(Bucket=bucket, MaxKeys=1)
        if found.get("Versions") or found.get("DeleteMarkers"):
            raise ValueError(
                f"The bucket you tried to delete is not empty ({bucket}). You must delete all"
                " versions in the bucket."
            )


def _apply(bucket: str, old: Properties | None, new: Properties) -> None:
    storage = stack_client("s3")
    if tags(new):
        storage.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags(new)})
    if "BucketEncryption" in new:
        storage.put_bucket_encryption(
            Bucket=bucket, ServerSideEncryptionConfiguration=encryption(new["BucketEncryption"])
        )
    if "LifecycleConfiguration" in new:
        storage.put_bucket_lifecycle_configuration(
            Bucket=bucket, LifecycleConfiguration=lifecycle(new["LifecycleConfiguration"])
        )
    elif old and "LifecycleConfiguration" in old:
        storage.delete_bucket_lifecycle(Bucket=bucket)
    if "OwnershipControls" in new:
        storage.put_bucket_ownership_controls(
            Bucket=bucket, OwnershipControls=new["OwnershipControls"]
        )
    if str(new.get("ObjectLockEnabled", False)).lower() == "true":
        storage.put_object_lock_configuration(
            Bucket=bucket, ObjectLockConfiguration=object_lock(new)
        )
    if "LoggingConfiguration" in new:
        storage.put_bucket_logging(
            Bucket=bucket, BucketLoggingStatus=logging(bucket, new["LoggingConfiguration"])
        )


def encryption(given: Properties) -> dict[str, Any]:
    """Convert `BucketEncryption` to the form of the S3 API."""
    rules = []
    for rule in given["ServerSideEncryptionConfiguration"]:
        default = rule.get("ServerSideEncryptionByDefault")
        rules.append(
            ({"ApplyServerSideEncryptionByDefault": default} if default else {})
            | (
                {"BucketKeyEnabled": _true(rule["BucketKeyEnabled"])}
                if "BucketKeyEnabled" in rule
                else {}
            )
        )
    return {"Rules": rules}


def lifecycle(given: Properties) -> dict[str, Any]:
    """Convert `LifecycleConfiguration` to the form of the S3 API."""
    return {"Rules": [_rule(rule) for rule in given["Rules"]]}


def object_lock(given: Properties) -> dict[str, Any]:
    """Convert `ObjectLockConfiguration` to the form of the S3 API."""
    found: dict[str, Any] = {"ObjectLockEnabled": "Enabled"}
    retention = (given.get("ObjectLockConfiguration") or {}).get("Rule", {}).get("DefaultRetention")
    if retention:
        found["Rule"] = {
            "DefaultRetention": {
                name: int(value) if name in ("Days", "Years") else value
                for name, value in retention.items()
            }
        }
    return found


def logging(bucket: str, given: Properties) -> dict[str, Any]:
    """Convert `LoggingConfiguration` to the form of the S3 API; the default target is the
    bucket.
    """
    return {
        "LoggingEnabled": {
            "TargetBucket": given.get("DestinationBucketName", bucket),
            "TargetPrefix": given.get("LogFilePrefix", ""),
        }
    }


def _rule(given: Properties) -> dict[str, Any]:
    rule: dict[str, Any] = {
        "Status": given["Status"],
        "Filter": {"Prefix": given.get("Prefix", "")},
    }
    if "Id" in given:
        rule["ID"] = given["Id"]
    expiration: dict[str, Any] = {}
    if "ExpirationInDays" in given:
        expiration["Days"] = int(given["ExpirationInDays"])
    if "ExpiredObjectDeleteMarker" in given:
        expiration["ExpiredObjectDeleteMarker"] = _true(given["ExpiredObjectDeleteMarker"])
    if expiration:
        rule["Expiration"] = expiration
    if "Transitions" in given:
        rule["Transitions"] = [
            {"Days": int(step["TransitionInDays"]), "StorageClass": step["StorageClass"]}
            for step in given["Transitions"]
        ]
    if "NoncurrentVersionExpiration" in given:
        rule["NoncurrentVersionExpiration"] = _numbers(given["NoncurrentVersionExpiration"])
    if "NoncurrentVersionTransitions" in given:
        rule["NoncurrentVersionTransitions"] = [
            {
                "NoncurrentDays": int(step["TransitionInDays"]),
                "StorageClass": step["StorageClass"],
            }
            for step in given["NoncurrentVersionTransitions"]
        ]
    if "AbortIncompleteMultipartUpload" in given:
        rule["AbortIncompleteMultipartUpload"] = _numbers(given["AbortIncompleteMultipartUpload"])
    return rule


def _numbers(given: Properties) -> dict[str, int]:
    return {name: int(value) for name, value in given.items()}


def _true(value: Any) -> bool:
    return str(value).lower() == "true"
