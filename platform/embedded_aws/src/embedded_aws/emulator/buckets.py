"""`AWS::S3::Bucket`: settings that the emulator's template handler ignores.

They are applied with the S3 API, which stores and returns them. The emulator enforces versioning
and object lock; encryption, lifecycle and access logs are only recorded.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import Any

from botocore import xform_name
from ministack.core.responses import get_account_id, get_region
from ministack.services import s3
from ministack.services.cloudformation import provisioners

from embedded_aws.emulator.handlers import Created, Properties, run_after, stack_client, tags
from embedded_aws.emulator.template_checks import GENERATED, check_request

TYPE = "AWS::S3::Bucket"
POLICY = "AWS::S3::BucketPolicy"
_ALGORITHM = "x-amz-server-side-encryption"
_KEY = "x-amz-server-side-encryption-aws-kms-key-id"


def install() -> None:
    """Wrap the emulator's handler, and support writes with KMS and no key id."""
    run_after(TYPE, _apply, check=_check)
    provisioners._RESOURCE_HANDLERS[TYPE]["delete"] = _delete
    _check_policies()
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


def _check_policies() -> None:
    """Refuse policies that S3 refuses; the emulator's handler stores any."""
    handler = provisioners._RESOURCE_HANDLERS[POLICY]
    create, update = handler["create"], handler["update"]

    def check(properties: Properties) -> None:
        document = properties.get("PolicyDocument", "")
        text = document if isinstance(document, str) else json.dumps(document)
        check_request("s3", "PutBucketPolicy", Bucket=properties["Bucket"], Policy=text)

    def checked_create(logical: str, properties: Properties, stack: str) -> Created:
        check(properties)
        created: Created = create(logical, properties, stack)
        return created

    def checked_update(physical: str, old: Properties, new: Properties, *rest: Any) -> Created:
        check(new)
        updated: Created = update(physical, old, new, *rest)
        return updated

    handler.update(create=checked_create, update=checked_update)


def _delete(bucket: str, _properties: Properties) -> None:
    """Delete with the API: it refuses a bucket with objects, and removes settings and files."""
    storage = stack_client("s3")
    with contextlib.suppress(storage.exceptions.NoSuchBucket):
        storage.delete_bucket(Bucket=bucket)


def _check(physical: str, old: Properties | None, new: Properties) -> None:
    """Raise `ValueError` if AWS refuses the bucket or its change."""
    bucket = physical or new.get("BucketName", GENERATED)
    if old and _is_locked(old) and not _is_locked(new):
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-configure.html
        raise ValueError("Object Lock can't be disabled once it is enabled.")
    for operation, name, document in _documents(bucket, old, new):
        check_request("s3", operation, Bucket=bucket, **{name: document})


def _documents(
    bucket: str, old: Properties | None, new: Properties
) -> Iterator[tuple[str, str, Any]]:
    """Yield the requests that apply the properties: operation, parameter, document."""
    status = _versioning(old, new)
    if status:
        yield "PutBucketVersioning", "VersioningConfiguration", {"Status": status}
    if tags(new):
        yield "PutBucketTagging", "Tagging", {"TagSet": tags(new)}
    if "BucketEncryption" in new:
        found = encryption(new["BucketEncryption"])
        yield "PutBucketEncryption", "ServerSideEncryptionConfiguration", found
    if "LifecycleConfiguration" in new:
        found = lifecycle(new["LifecycleConfiguration"])
        yield "PutBucketLifecycleConfiguration", "LifecycleConfiguration", found
    if "CorsConfiguration" in new:
        yield "PutBucketCors", "CORSConfiguration", cors(new["CorsConfiguration"])
    if "OwnershipControls" in new:
        yield "PutBucketOwnershipControls", "OwnershipControls", new["OwnershipControls"]
    if _is_locked(new):
        yield "PutObjectLockConfiguration", "ObjectLockConfiguration", object_lock(new)
    if "LoggingConfiguration" in new:
        found = logging(bucket, new["LoggingConfiguration"])
        yield "PutBucketLogging", "BucketLoggingStatus", found


def _apply(bucket: str, old: Properties | None, new: Properties) -> None:
    storage = stack_client("s3")
    for operation, name, document in _documents(bucket, old, new):
        getattr(storage, xform_name(operation))(Bucket=bucket, **{name: document})
    for name, delete in (
        ("Tags", storage.delete_bucket_tagging),
        ("BucketEncryption", storage.delete_bucket_encryption),
        ("LifecycleConfiguration", storage.delete_bucket_lifecycle),
        ("OwnershipControls", storage.delete_bucket_ownership_controls),
    ):
        if old and old.get(name) and not new.get(name):
            delete(Bucket=bucket)
    if old and "LoggingConfiguration" in old and "LoggingConfiguration" not in new:
        storage.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={})


def _versioning(old: Properties | None, new: Properties) -> str:
    """Return the status to set, empty for none; Object Lock enables versioning."""
    before, after = (
        (each.get("VersioningConfiguration") or {}).get("Status", "") for each in (old or {}, new)
    )
    if after or before == "Enabled":
        return str(after or "Suspended")
    return "Enabled" if _is_locked(new) else ""


def _is_locked(properties: Properties) -> bool:
    return _true(properties.get("ObjectLockEnabled", False))


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


def cors(given: Properties) -> dict[str, Any]:
    """Convert `CorsConfiguration` to the form of the S3 API."""
    names = {"Id": "ID", "ExposedHeaders": "ExposeHeaders", "MaxAge": "MaxAgeSeconds"}
    rules = [
        {
            names.get(name, name): int(value) if name == "MaxAge" else value
            for name, value in rule.items()
        }
        for rule in given["CorsRules"]
    ]
    return {"CORSRules": rules}


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
