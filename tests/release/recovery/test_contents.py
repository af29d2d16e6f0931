from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.api_errors import CredentialsError
from catalog_platform.release.recovery.contents import READS_PER_SHARD, held
from catalog_platform.release.recovery.resources import StackResource
from support.stubbed import StubbedSession

SERVICES = ("s3", "kinesis", "sqs", "backup", "rds")
QUEUE = "https://sqs.eu-west-1.amazonaws.com/333333333333/dead"


def resource(kind: str, name: str = "name") -> StackResource:
    return StackResource("Logical", name, kind, "CREATE_COMPLETE", "", "Delete")


def found(kind: str, *answers: tuple[str, str, Any], used: bool = True, name: str = "name") -> str:
    with StubbedSession(*SERVICES) as session:
        for service, operation, content in answers:
            if isinstance(content, str):
                session.refuse(service, operation, content)
            else:
                session.answer(service, operation, content)
        return held(session, resource(kind, name), used=used)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({}, ""),
        ({"Versions": [{"Key": "a"}]}, "objects"),
        ({"DeleteMarkers": [{"Key": "a"}]}, "objects"),
        ("NoSuchBucket", ""),
        ("AccessDenied", "unknown contents: the credentials don't allow s3:ListBucketVersions"),
    ],
)
def test_a_bucket_is_empty_without_objects_versions_and_markers(answer: Any, expected: str) -> None:
    assert found("AWS::S3::Bucket", ("s3", "list_object_versions", answer)) == expected


def shards(*ids: str) -> tuple[str, str, Any]:
    hashes = {"StartingHashKey": "0", "EndingHashKey": "1"}
    numbers = {"StartingSequenceNumber": "0"}
    content = [
        {"ShardId": each, "HashKeyRange": hashes, "SequenceNumberRange": numbers} for each in ids
    ]
    return "kinesis", "list_shards", {"Shards": content}


ITERATOR = ("kinesis", "get_shard_iterator", {"ShardIterator": "place"})
RECORD = {"Data": b"a", "PartitionKey": "a", "SequenceNumber": "1"}


def records(*found: Any, behind: int = 0, next_place: str | None = "place") -> tuple[str, str, Any]:
    content = {"Records": list(found), "MillisBehindLatest": behind}
    return (
        "kinesis",
        "get_records",
        content | ({"NextShardIterator": next_place} if next_place else {}),
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([shards("a"), ITERATOR, records()], ""),
        ([shards("a"), ITERATOR, records(RECORD)], "records"),
        # An answer without records is not the end of a shard.
        ([shards("a"), ITERATOR, records(behind=9), records(RECORD)], "records"),
        ([shards("a", "b"), ITERATOR, records(next_place=None), ITERATOR, records()], ""),
        ([shards("a", "b"), ITERATOR, records(), ITERATOR, records(RECORD)], "records"),
        ([("kinesis", "list_shards", "ResourceNotFoundException")], ""),
        (
            [shards("a"), ITERATOR, ("kinesis", "get_records", "KMSAccessDeniedException")],
            "unknown contents: the credentials don't allow kms:Decrypt",
        ),
        (
            [shards("a"), ITERATOR, *[records(behind=9)] * READS_PER_SHARD],
            "unknown contents: the stream did not answer in full",
        ),
    ],
)
def test_a_stream_is_empty_when_each_shard_is_read_to_its_end(
    answers: list[tuple[str, str, Any]], expected: str
) -> None:
    assert found("AWS::Kinesis::Stream", *answers) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"Attributes": {"ApproximateNumberOfMessages": "0"}}, ""),
        ({"Attributes": {"ApproximateNumberOfMessages": "2"}}, "messages"),
        ({"Attributes": {"ApproximateNumberOfMessagesNotVisible": "1"}}, "messages"),
        ("AWS.SimpleQueueService.NonExistentQueue", ""),
    ],
)
def test_a_queue_is_empty_without_messages(answer: Any, expected: str) -> None:
    answers = ("sqs", "get_queue_attributes", answer)
    assert found("AWS::SQS::Queue", answers, name=QUEUE) == expected


def vault(name: str, points: int) -> dict[str, Any]:
    return {"BackupVaultName": name, "NumberOfRecoveryPoints": points}


@pytest.mark.parametrize(
    ("vaults", "expected"),
    [
        ([vault("other", 5), vault("name", 0)], ""),
        ([vault("other", 0), vault("name", 3)], "recovery points"),
        # It does not exist.
        ([vault("other", 5)], ""),
        ([], ""),
    ],
)
def test_a_vault_is_empty_without_recovery_points(vaults: Any, expected: str) -> None:
    answers = ("backup", "list_backup_vaults", {"BackupVaultList": vaults})
    assert found("AWS::Backup::BackupVault", answers) == expected


def test_a_vault_that_cannot_be_read_counts_as_holding_data() -> None:
    answers = ("backup", "list_backup_vaults", "AccessDeniedException")
    expected = "unknown contents: the credentials don't allow backup:ListBackupVaults"
    assert found("AWS::Backup::BackupVault", answers) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"DBInstances": [{}]}, "a database"),
        ({"DBInstances": [{"ReadReplicaSourceDBInstanceIdentifier": "primary"}]}, ""),
        ("DBInstanceNotFound", ""),
    ],
)
def test_a_database_that_was_in_use_holds_data_unless_it_is_a_replica(
    answer: Any, expected: str
) -> None:
    assert found("AWS::RDS::DBInstance", ("rds", "describe_db_instances", answer)) == expected


def test_a_database_that_was_never_in_use_holds_nothing() -> None:
    assert found("AWS::RDS::DBInstance", used=False) == ""


def test_a_resource_that_is_written_again_holds_nothing() -> None:
    assert found("AWS::ElastiCache::ReplicationGroup") == ""


def test_expired_credentials_are_an_error_and_no_contents() -> None:
    with pytest.raises(CredentialsError):
        found("AWS::S3::Bucket", ("s3", "list_object_versions", "ExpiredToken"))
