"""Find out whether a resource of a stack holds data that a deletion would lose."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from botocore.exceptions import ClientError

from catalog_platform.aws.api_errors import NoPermissionError, calling
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release.recovery.resources import DATABASE, StackResource

# Bounds the reading of a shard without records near its start: AWS may return empty answers.
READS_PER_SHARD = 50
MISSING = {
    "DBInstanceNotFound",
    "DBInstanceNotFoundFault",
    "NoSuchBucket",
    "ResourceNotFoundException",
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
}


def held(session: Session, resource: StackResource, *, used: bool) -> str:
    """Return what a resource holds that would be lost with it, empty if it is nothing.

    `used` says whether the resource may have been in use: the stack was complete at some time, so
    its database has more than an empty schema. A resource that cannot be read counts as holding
    data. Types without an entry hold nothing that is not written again, such as a cache.

    Raises `PlatformError` when AWS cannot be reached or the credentials have expired.
    """
    look = _LOOKS.get(resource.type)
    if look is None or (resource.type == DATABASE and not used):
        return ""
    try:
        return look(session, resource.physical_id)
    except NoPermissionError as error:
        return f"unknown contents: the credentials don't allow {error.action}"


def holding(session: Session, resources: Iterable[StackResource], *, used: bool) -> tuple[str, ...]:
    """Return a line for each resource that holds data. Raises `PlatformError`."""
    found = ((each, held(session, each, used=used)) for each in resources)
    return tuple(f"{each}: {what}" for each, what in found if what)


def refuse_losses(
    session: Session, stack: StackStatus, resources: Iterable[StackResource], *, used: bool
) -> None:
    """Raise `PlatformError` with every resource that holds data, if any does."""
    lines = holding(session, resources, used=used)
    if lines:
        raise PlatformError(
            "\n  ".join(
                (f"stack {stack.name} is {stack}, and a recovery would lose data:", *lines)
            ),
            hint="save or empty them (docs/recover.md#data-in-the-way), then run the command again"
            + (
                "; or leave them in the account: --retain LOGICAL_ID"
                if stack.status == "DELETE_FAILED"
                else ""
            ),
        )


def _bucket(session: Session, name: str) -> str:
    # Old versions of objects and delete markers keep a bucket from being deleted as well.
    with calling("s3:ListBucketVersions", f"bucket {name}"):
        found = _or_missing(
            lambda: session.client("s3").list_object_versions(Bucket=name, MaxKeys=1)
        )
    return "objects" if found.get("Versions") or found.get("DeleteMarkers") else ""


def _stream(session: Session, name: str) -> str:
    streams, subject = session.client("kinesis"), f"stream {name}"
    with calling("kinesis:ListShards", subject):
        shards = _or_missing(lambda: streams.list_shards(StreamName=name)).get("Shards", [])
    for shard in shards:
        with calling("kinesis:GetShardIterator", subject):
            place = streams.get_shard_iterator(
                StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        for _ in range(READS_PER_SHARD):
            with calling("kinesis:GetRecords", subject):
                answer = streams.get_records(ShardIterator=place, Limit=1)
            if answer["Records"]:
                return "records"
            place = answer.get("NextShardIterator")
            if place is None or not answer.get("MillisBehindLatest"):
                break
        else:
            return "unknown contents: the stream did not answer in full"
    return ""


def _queue(session: Session, url: str) -> str:
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    with calling("sqs:GetQueueAttributes", f"queue {url}"):
        found = _or_missing(
            lambda: session.client("sqs").get_queue_attributes(
                QueueUrl=url, AttributeNames=list(names)
            )
        )
    waiting = sum(int(found.get("Attributes", {}).get(name, 0)) for name in names)
    return "messages" if waiting else ""


def _vault(session: Session, name: str) -> str:
    # DescribeBackupVault denies access to a vault that doesn't exist.
    # https://github.com/aws/aws-sdk-js/issues/2625
    with calling("backup:ListBackupVaults", f"backup vault {name}"):
        pages = session.client("backup").get_paginator("list_backup_vaults").paginate()
        vaults = [each for page in pages for each in page["BackupVaultList"]]
    holds = any(
        each["BackupVaultName"] == name and each.get("NumberOfRecoveryPoints") for each in vaults
    )
    return "recovery points" if holds else ""


def _database(session: Session, identifier: str) -> str:
    with calling("rds:DescribeDBInstances", f"database {identifier}"):
        found = _or_missing(
            lambda: session.client("rds").describe_db_instances(DBInstanceIdentifier=identifier)
        ).get("DBInstances", [])
    # A read replica has a copy of the data of its source.
    is_copy = all(instance.get("ReadReplicaSourceDBInstanceIdentifier") for instance in found)
    return "" if is_copy else "a database"


def _or_missing(call: Callable[[], Any]) -> dict[str, Any]:
    """Return the answer of a call, empty when the resource does not exist."""
    try:
        answer: dict[str, Any] = call()
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return {}
        raise
    return answer


_LOOKS: dict[str, Callable[[Session, str], str]] = {
    "AWS::S3::Bucket": _bucket,
    "AWS::Kinesis::Stream": _stream,
    "AWS::SQS::Queue": _queue,
    "AWS::Backup::BackupVault": _vault,
    DATABASE: _database,
}
