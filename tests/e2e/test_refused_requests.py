"""Invalid requests are refused with the error codes of AWS, and change nothing.

Requests are sent without the validation of boto3. `make fuzz-embedded` is the long version.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import embedded_requests
from catalog_platform.local.state import Embedded
from support.embedded import ACCOUNT, REGION, client, running
from support.emulator_snapshot import Snapshots
from support.request_fuzzing import KINESIS, QUEUE, SHARDS, Sender

pytestmark = pytest.mark.e2e

CALLS, SEED = 120, 20
API = "https://docs.aws.amazon.com/kinesis/latest/APIReference/API_"
LAMBDA = "https://docs.aws.amazon.com/lambda/latest/api/API_"
LIMITS = "https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html"
FILTERS = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"
QUEUES = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html"
INVALID, VALUE = "InvalidArgumentException", "InvalidParameterValueException"
VALIDATION, MISSING = "ValidationException", "ResourceNotFoundException"
STREAM = {"StreamName": "stream"}
ITERATOR = {**STREAM, "ShardId": SHARDS[0]}
MAPPING = {"FunctionName": "function", "EventSourceArn": f"{KINESIS}/stream"}
NEW = {**MAPPING, "StartingPosition": "LATEST"}
OF_QUEUE = {"FunctionName": "function", "EventSourceArn": QUEUE}
MEBIBYTE = "A" * (4 * 349_528)
FILTER = {"Filters": [{"Pattern": "{"}]}
MANY_FILTERS = {"Filters": [{"Pattern": '{"data": ["x"]}'}] * 6}


def put(**given: Any) -> dict[str, Any]:
    return {**STREAM, "Data": "eA==", "PartitionKey": "key", **given}


def merge(one: int, other: int) -> dict[str, Any]:
    return {**STREAM, "ShardToMerge": SHARDS[one], "AdjacentShardToMerge": SHARDS[other]}


def split(shard: str, key: str) -> dict[str, Any]:
    return {**STREAM, "ShardToSplit": shard, "NewStartingHashKey": key}


# Operation, parameters, error code, documentation. The stream has three shards.
KINESIS_CASES: list[tuple[str, dict[str, Any], str, str]] = [
    ("MergeShards", merge(0, 0), INVALID, f"{API}MergeShards.html"),
    ("MergeShards", merge(0, 2), INVALID, f"{API}MergeShards.html"),
    ("MergeShards", merge(0, 7), MISSING, f"{API}MergeShards.html"),
    ("MergeShards", {**merge(0, 1), "StreamName": "none"}, MISSING, f"{API}MergeShards.html"),
    ("MergeShards", {**STREAM, "ShardToMerge": SHARDS[0]}, VALIDATION, f"{API}MergeShards.html"),
    ("SplitShard", split(SHARDS[0], "0"), INVALID, f"{API}SplitShard.html"),
    ("SplitShard", split(SHARDS[0], str(2**127)), INVALID, f"{API}SplitShard.html"),
    ("SplitShard", split(SHARDS[0], "abc"), VALIDATION, f"{API}SplitShard.html"),
    ("SplitShard", split("other", "5"), MISSING, f"{API}SplitShard.html"),
    (
        "UpdateShardCount",
        {**STREAM, "TargetShardCount": 7, "ScalingType": "UNIFORM_SCALING"},
        INVALID,
        f"{API}UpdateShardCount.html",
    ),
    (
        "UpdateShardCount",
        {**STREAM, "TargetShardCount": 1, "ScalingType": "UNIFORM_SCALING"},
        INVALID,
        f"{API}UpdateShardCount.html",
    ),
    (
        "UpdateShardCount",
        {**STREAM, "TargetShardCount": 4},
        VALIDATION,
        f"{API}UpdateShardCount.html",
    ),
    (
        "CreateStream",
        {**STREAM, "ShardCount": 1},
        "ResourceInUseException",
        f"{API}CreateStream.html",
    ),
    ("CreateStream", {"StreamName": "a b", "ShardCount": 1}, VALIDATION, f"{API}CreateStream.html"),
    ("CreateStream", {"StreamName": "new", "ShardCount": 0}, VALIDATION, f"{API}CreateStream.html"),
    (
        "CreateStream",
        {"StreamName": "new", "ShardCount": "1"},
        "SerializationException",
        f"{API}CreateStream.html",
    ),
    ("CreateStream", {"StreamName": "new", "ShardCount": 20_001}, "LimitExceededException", LIMITS),
    (
        "DeleteStream",
        {"StreamName": "consumed"},
        "ResourceInUseException",
        f"{API}DeleteStream.html",
    ),
    ("PutRecord", put(ExplicitHashKey="abc"), VALIDATION, f"{API}PutRecord.html"),
    ("PutRecord", put(ExplicitHashKey="-1"), VALIDATION, f"{API}PutRecord.html"),
    ("PutRecord", put(ExplicitHashKey=str(2**128)), INVALID, f"{API}PutRecord.html"),
    ("PutRecord", put(PartitionKey="\ud800"), "SerializationException", f"{API}PutRecord.html"),
    ("PutRecord", put(PartitionKey=None), VALIDATION, f"{API}PutRecord.html"),
    ("PutRecord", put(Data=MEBIBYTE), INVALID, LIMITS),
    ("PutRecord", put(SequenceNumberForOrdering="9" * 60), INVALID, f"{API}PutRecord.html"),
    ("PutRecord", put(StreamARN=f"{KINESIS}/consumed"), INVALID, f"{API}PutRecord.html"),
    ("PutRecord", put(StreamName=None), INVALID, f"{API}PutRecord.html"),
    (
        "PutRecords",
        {**STREAM, "Records": [{"Data": "", "PartitionKey": "k"}] * 501},
        VALIDATION,
        f"{API}PutRecords.html",
    ),
    ("PutRecords", {**STREAM, "Records": []}, VALIDATION, f"{API}PutRecords.html"),
    (
        "PutRecords",
        {**STREAM, "Records": [put(), put(ExplicitHashKey=str(2**128))]},
        INVALID,
        f"{API}PutRecords.html",
    ),
    (
        "PutRecords",
        {**STREAM, "Records": [put(), put(PartitionKey=None)]},
        VALIDATION,
        f"{API}PutRecords.html",
    ),
    (
        "PutRecords",
        {**STREAM, "Records": [put(Data=MEBIBYTE[:-400])] * 6},
        INVALID,
        f"{API}PutRecords.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "NEWEST"},
        VALIDATION,
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "AT_SEQUENCE_NUMBER"},
        INVALID,
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "AT_TIMESTAMP"},
        INVALID,
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": "x"},
        "SerializationException",
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "AT_TIMESTAMP", "Timestamp": 10**10},
        INVALID,
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "LATEST", "StartingSequenceNumber": "5"},
        INVALID,
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": "5"},
        INVALID,
        f"{API}GetShardIterator.html",
    ),
    (
        "GetShardIterator",
        {**ITERATOR, "ShardId": SHARDS[7], "ShardIteratorType": "LATEST"},
        MISSING,
        f"{API}GetShardIterator.html",
    ),
    ("GetRecords", {"ShardIterator": "x"}, INVALID, f"{API}GetRecords.html"),
    ("GetRecords", {"ShardIterator": "x", "Limit": 10_001}, VALIDATION, f"{API}GetRecords.html"),
    (
        "IncreaseStreamRetentionPeriod",
        {**STREAM, "RetentionPeriodHours": 8761},
        INVALID,
        f"{API}IncreaseStreamRetentionPeriod.html",
    ),
    (
        "IncreaseStreamRetentionPeriod",
        {**STREAM, "RetentionPeriodHours": 23},
        INVALID,
        f"{API}IncreaseStreamRetentionPeriod.html",
    ),
    (
        "DecreaseStreamRetentionPeriod",
        {**STREAM, "RetentionPeriodHours": 23},
        INVALID,
        f"{API}DecreaseStreamRetentionPeriod.html",
    ),
    (
        "DecreaseStreamRetentionPeriod",
        {**STREAM, "RetentionPeriodHours": 25},
        INVALID,
        f"{API}DecreaseStreamRetentionPeriod.html",
    ),
    ("AddTagsToStream", {**STREAM, "Tags": {"aws:x": "y"}}, INVALID, f"{API}AddTagsToStream.html"),
    (
        "AddTagsToStream",
        {**STREAM, "Tags": {str(n): "y" for n in range(51)}},
        INVALID,
        f"{API}AddTagsToStream.html",
    ),
    (
        "ListStreamConsumers",
        {"StreamARN": f"{KINESIS}/stream", "NextToken": "-1"},
        INVALID,
        f"{API}ListStreamConsumers.html",
    ),
]
LAMBDA_CASES: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "CreateEventSourceMapping",
        NEW,
        "ResourceConflictException",
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    ("CreateEventSourceMapping", MAPPING, VALUE, f"{LAMBDA}CreateEventSourceMapping.html"),
    (
        "CreateEventSourceMapping",
        {**NEW, "BatchSize": 10_001},
        VALIDATION,
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    (
        "CreateEventSourceMapping",
        {**NEW, "MaximumRecordAgeInSeconds": 59},
        VALUE,
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    (
        "CreateEventSourceMapping",
        {**NEW, "StartingPosition": "AT_TIMESTAMP"},
        VALUE,
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    (
        "CreateEventSourceMapping",
        {**NEW, "FunctionName": "none"},
        MISSING,
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    (
        "CreateEventSourceMapping",
        {**NEW, "EventSourceArn": f"{KINESIS}/none"},
        VALUE,
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    ("CreateEventSourceMapping", {**NEW, "FilterCriteria": FILTER}, VALUE, FILTERS),
    ("CreateEventSourceMapping", {**NEW, "FilterCriteria": MANY_FILTERS}, VALUE, FILTERS),
    (
        "CreateEventSourceMapping",
        OF_QUEUE,
        "ResourceConflictException",
        f"{LAMBDA}CreateEventSourceMapping.html",
    ),
    ("CreateEventSourceMapping", {**OF_QUEUE, "StartingPosition": "LATEST"}, VALUE, QUEUES),
    ("CreateEventSourceMapping", {**OF_QUEUE, "BatchSize": 11}, VALUE, QUEUES),
    ("CreateEventSourceMapping", {**OF_QUEUE, "EventSourceArn": f"{QUEUE}-none"}, VALUE, QUEUES),
    (
        "UpdateEventSourceMapping",
        {"UUID": "?", "BatchSize": 5, "FunctionName": "none"},
        MISSING,
        f"{LAMBDA}UpdateEventSourceMapping.html",
    ),
    (
        "UpdateEventSourceMapping",
        {"UUID": "?", "MaximumRetryAttempts": 10_001},
        VALIDATION,
        f"{LAMBDA}UpdateEventSourceMapping.html",
    ),
]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        embedded_requests.prepare(found)
        streams = client(found, "kinesis")
        streams.create_stream(StreamName="consumed", ShardCount=1)
        streams.register_stream_consumer(StreamARN=f"{KINESIS}/consumed", ConsumerName="reader")
        for number in range(12):
            streams.put_record(StreamName="stream", Data=b"x", PartitionKey=str(number))
        functions = client(found, "lambda")
        functions.create_event_source_mapping(**NEW, Enabled=False)
        functions.create_event_source_mapping(**OF_QUEUE, Enabled=False)
        yield found


def refused(
    embedded: Embedded, service: str, cases: list[tuple[str, dict[str, Any], str, str]]
) -> list[str]:
    """Send each request; return a line per request that was answered wrongly or left a change."""
    sender, snapshots = Sender(embedded), Snapshots(embedded)
    before, wrong = snapshots.of(service), []
    for operation, parameters, code, page in cases:
        answer = sender.send(service, operation, parameters)
        shown = f"{operation} {str(parameters)[:200]}: {answer.status} {answer.body[:200]} ({page})"
        if answer.code != code or not 400 <= answer.status < 500:
            wrong.append(f"{code} expected: {shown}")
        if snapshots.of(service) != before:
            wrong.append(f"changed the state: {shown}")
            before = snapshots.of(service)
    return wrong


def test_kinesis_refuses_what_aws_refuses(embedded: Embedded) -> None:
    assert refused(embedded, "kinesis", KINESIS_CASES) == []


def test_mappings_are_refused_that_aws_refuses(embedded: Embedded) -> None:
    found = client(embedded, "lambda").list_event_source_mappings(
        EventSourceArn=f"{KINESIS}/stream"
    )
    mapping = found["EventSourceMappings"][0]["UUID"]
    cases = [
        (operation, {**parameters, "UUID": mapping} if "UUID" in parameters else parameters, *rest)
        for operation, parameters, *rest in LAMBDA_CASES
    ]
    assert refused(embedded, "lambda", cases) == []  # type: ignore[arg-type]


def test_a_sequence_number_of_another_shard_is_refused(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetShardIterator.html"""
    streams, sender = client(embedded, "kinesis"), Sender(embedded)
    put = streams.put_record(StreamName="stream", Data=b"x", PartitionKey="1")
    for shard in streams.list_shards(StreamName="stream")["Shards"]:
        parameters = {
            "StreamName": "stream",
            "ShardId": shard["ShardId"],
            "ShardIteratorType": "AT_SEQUENCE_NUMBER",
            "StartingSequenceNumber": put["SequenceNumber"],
        }
        answer = sender.send("kinesis", "GetShardIterator", parameters)
        assert answer.code == ("" if shard["ShardId"] == put["ShardId"] else INVALID)


def test_null_members_count_as_absent(embedded: Embedded) -> None:
    """https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html"""
    parameters = {"StreamName": "stream", "Limit": None, "ExclusiveStartShardId": None}
    assert Sender(embedded).send("kinesis", "DescribeStream", parameters).status == 200


def test_a_wait_beyond_the_limit_of_sqs_is_refused_at_once(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html"""
    url = client(embedded, "sqs").get_queue_url(QueueName="queue")["QueueUrl"]
    parameters = {"QueueUrl": url, "WaitTimeSeconds": 21}
    answer = Sender(embedded).send("sqs", "ReceiveMessage", parameters)
    assert (answer.status, answer.code) == (400, "InvalidParameterValue")


LOCK = "x-amz-object-lock"
# Method, path, headers, body and error code.
OBJECT_CASES: list[tuple[str, str, dict[str, str], str, str]] = [
    ("GET", "/objects?list-type=2&max-keys=abc", {}, "", "MalformedXML"),
    ("PUT", "/objects/key", {"x-amz-server-side-encryption": "other"}, "new", "InvalidArgument"),
    ("PUT", "/objects/key", {f"{LOCK}-mode": "OTHER"}, "new", "InvalidArgument"),
    ("PUT", "/objects/key", {f"{LOCK}-mode": "GOVERNANCE"}, "new", "InvalidArgument"),
    ("PUT", "/objects/key", {f"{LOCK}-legal-hold": "MAYBE"}, "new", "InvalidArgument"),
    ("PUT", f"/objects/{'k' * 1025}", {}, "new", "KeyTooLongError"),
    ("PUT", "/objects?encryption", {}, "<", "MalformedXML"),
    ("PUT", "/objects?lifecycle", {}, "<LifecycleConfiguration/>", "MalformedXML"),
    ("PUT", "/objects?tagging", {}, "<Tagging/>", "MalformedXML"),
]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "code"), OBJECT_CASES, ids=range(len(OBJECT_CASES))
)
def test_s3_refuses_what_aws_refuses(
    embedded: Embedded, method: str, path: str, headers: dict[str, str], body: str, code: str
) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""
    storage = client(embedded, "s3")
    storage.create_bucket(Bucket="objects")
    storage.put_object(Bucket="objects", Key="key", Body=b"old")
    answer = Sender(embedded).raw("s3", method, path, headers, body)
    assert (answer.status, answer.code) == (400, code)
    assert storage.get_object(Bucket="objects", Key="key")["Body"].read() == b"old"
    listed = storage.list_objects_v2(Bucket="objects")["Contents"]
    assert [found["Key"] for found in listed] == ["key"]


@pytest.mark.parametrize(
    "body", ["{", "[]", "null", "[" * 50_000], ids=("open", "list", "null", "deep")
)
def test_a_broken_body_is_a_serialization_error(embedded: Embedded, body: str) -> None:
    """https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html"""
    headers = {"x-amz-target": "Kinesis_20131202.PutRecord"}
    answer = Sender(embedded).raw("kinesis", "POST", "/", headers, body)
    assert (answer.status, answer.code) == (400, "SerializationException")


def test_generated_requests_change_nothing_when_refused(embedded: Embedded) -> None:
    tally = embedded_requests.run(embedded, SEED, CALLS)
    assert tally.failures == []
    assert tally.outcomes["refused"] > CALLS / 4
    assert tally.outcomes["accepted"] > CALLS / 8


def test_the_cases_cite_the_documentation() -> None:
    pages = [page for *_case, page in KINESIS_CASES + LAMBDA_CASES]
    assert all(page.startswith("https://docs.aws.amazon.com/") for page in pages)
    assert f"{ACCOUNT}:stream" in KINESIS
    assert REGION in KINESIS
