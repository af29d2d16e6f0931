"""Invalid requests are refused with the error codes of AWS, and change nothing.

Requests are sent without the validation of boto3. `make fuzz-embedded` is the long version.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import embedded_requests
from catalog_platform.local.state import Embedded
from support.embedded import ACCOUNT, REGION, client, running
from support.refusals import refused
from support.refused_requests import (
    INVALID,
    KINESIS_CASES,
    LAMBDA_CASES,
    NEW,
    OF_QUEUE,
)
from support.refused_stack_requests import CLOUDFORMATION_CASES
from support.request_fuzzing import KINESIS, Sender

pytestmark = pytest.mark.e2e

CALLS, SEED = 120, 20


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


def test_kinesis_refuses_what_aws_refuses(embedded: Embedded) -> None:
    assert refused(embedded, "kinesis", KINESIS_CASES) == []


def test_cloudformation_refuses_what_aws_refuses(embedded: Embedded) -> None:
    assert refused(embedded, "cloudformation", CLOUDFORMATION_CASES) == []


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
COPIED = {"x-amz-copy-source": "/objects/key"}
# Method, path, headers, body and error code.
OBJECT_CASES: list[tuple[str, str, dict[str, str], str, str]] = [
    ("GET", "/objects?list-type=2&max-keys=abc", {}, "", "MalformedXML"),
    ("PUT", "/objects/key", {"x-amz-server-side-encryption": "other"}, "new", "InvalidArgument"),
    ("PUT", "/objects/key", {f"{LOCK}-mode": "OTHER"}, "new", "InvalidArgument"),
    ("PUT", "/objects/key", {f"{LOCK}-mode": "GOVERNANCE"}, "new", "InvalidArgument"),
    ("PUT", "/objects/key", {f"{LOCK}-legal-hold": "MAYBE"}, "new", "InvalidArgument"),
    ("PUT", f"/objects/{'k' * 1025}", {}, "new", "KeyTooLongError"),
    ("PUT", f"/objects/{'k' * 1025}", COPIED, "", "KeyTooLongError"),
    ("POST", f"/objects/{'k' * 1025}?uploads", {}, "", "KeyTooLongError"),
    ("PUT", "/objects/new", {**COPIED, f"{LOCK}-mode": "GOVERNANCE"}, "", "InvalidArgument"),
    ("POST", "/objects/new?uploads", {f"{LOCK}-mode": "GOVERNANCE"}, "", "InvalidArgument"),
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


def test_a_bucket_in_the_host_is_validated_too(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"""
    client(embedded, "s3").create_bucket(Bucket="hosted")
    port = embedded.endpoint_url.rpartition(":")[2]
    headers = {"host": f"hosted.s3.localhost:{port}"}
    sender = Sender(embedded)
    found = [
        sender.raw("s3", "PUT", "/?tagging", headers, body)
        for body in ("<Tagging/>", "<Tagging><TagSet/></Tagging>")
    ]
    assert [(answer.status, answer.code) for answer in found] == [(400, "MalformedXML"), (204, "")]


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
    pages = [page for *_case, page in KINESIS_CASES + LAMBDA_CASES + CLOUDFORMATION_CASES]
    assert all(page.startswith("https://docs.aws.amazon.com/") for page in pages)
    assert f"{ACCOUNT}:stream" in KINESIS
    assert REGION in KINESIS
