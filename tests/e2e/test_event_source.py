"""Event source mappings from Kinesis to Lambda, tested only through the AWS API."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from catalog_platform.local import status
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace
from support.embedded import ACCOUNT, REGION, ROLE, bundle, client, eventually, pipe, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("workspace"))


@pytest.fixture(scope="module")
def embedded(workspace: Workspace) -> Iterator[Embedded]:
    with running(workspace.root) as found:
        yield found


@pytest.mark.parametrize("mode", ["raise", "partial"])
def test_a_poison_record_does_not_block_the_shard(
    embedded: Embedded, tmp_path: Path, mode: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    found = pipe(
        embedded,
        tmp_path,
        f"poison-{mode}",
        mode=mode,
        MaximumRetryAttempts=2,
        BisectBatchOnFunctionError=True,
    )
    texts = [f"r{n}" for n in range(13)]
    texts[7] = "poison"
    numbers = found.put(*texts)
    good = [text for text in texts if text != "poison"]
    eventually(lambda: found.taken()[-1:] == good[-1:] and found.failure_messages())

    assert found.taken() == good
    (message,) = found.failure_messages()
    assert message["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert message["requestContext"]["approximateInvokeCount"] == 3
    assert message["KinesisBatchInfo"]["startSequenceNumber"] == numbers[7]
    assert message["KinesisBatchInfo"]["batchSize"] == 1


def test_a_failure_bucket_gets_the_payload_under_the_documented_key(
    embedded: Embedded, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"""
    storage = client(embedded, "s3")
    storage.create_bucket(Bucket="failures")
    found = pipe(
        embedded,
        tmp_path,
        "to-bucket",
        MaximumRetryAttempts=0,
        DestinationConfig={"OnFailure": {"Destination": "arn:aws:s3:::failures"}},
    )
    (number,) = found.put("poison")
    eventually(lambda: storage.list_objects_v2(Bucket="failures").get("KeyCount"))

    (entry,) = storage.list_objects_v2(Bucket="failures")["Contents"]
    assert entry["Key"].startswith(f"aws/lambda/{found.mapping}/shardId-000000000000/")
    body = json.loads(storage.get_object(Bucket="failures", Key=entry["Key"])["Body"].read())
    (record,) = json.loads(body["payload"])["Records"]
    assert record["kinesis"]["sequenceNumber"] == number


def test_latest_loses_no_record_put_after_the_creation_of_the_mapping(
    embedded: Embedded, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"""
    found = pipe(embedded, tmp_path, "latest", BatchSize=1)
    found.put("first")
    eventually(lambda: found.taken() == ["first"])


def test_trim_horizon_starts_with_the_oldest_record(embedded: Embedded, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html"""
    early = pipe(embedded, tmp_path, "horizon", Enabled=False)
    early.put("before")
    functions = client(embedded, "lambda")
    functions.delete_event_source_mapping(UUID=early.mapping)
    functions.create_event_source_mapping(
        FunctionName="horizon",
        EventSourceArn=f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/horizon",
        StartingPosition="TRIM_HORIZON",
    )
    eventually(lambda: early.taken() == ["before"])


def test_a_disabled_mapping_pauses_and_resumes_at_its_position(
    embedded: Embedded, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html"""
    functions = client(embedded, "lambda")
    found = pipe(embedded, tmp_path, "resting")
    found.put("one")
    eventually(lambda: found.taken() == ["one"])
    functions.update_event_source_mapping(UUID=found.mapping, Enabled=False)
    found.put("two")
    other = pipe(embedded, tmp_path, "awake")
    other.put("meanwhile")
    eventually(other.taken)
    assert found.taken() == ["one"]
    functions.update_event_source_mapping(UUID=found.mapping, Enabled=True)
    eventually(lambda: found.taken() == ["one", "two"])


def test_a_change_of_the_batch_size_takes_effect(embedded: Embedded, tmp_path: Path) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_UpdateEventSourceMapping.html"""
    found = pipe(embedded, tmp_path, "resized", BatchSize=2)
    found.put("a", "b", "c", "d")
    eventually(lambda: len(found.taken()) == 4)
    client(embedded, "lambda").update_event_source_mapping(UUID=found.mapping, BatchSize=4)
    found.put("e", "f", "g", "h")
    eventually(lambda: len(found.taken()) == 8)
    assert [call["size"] for call in found.batches()] == [2, 2, 4]


def test_order_per_key_survives_splitting_merging_and_more_lanes(
    embedded: Embedded, tmp_path: Path
) -> None:
    """https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html"""
    streams, functions = client(embedded, "kinesis"), client(embedded, "lambda")
    found = pipe(embedded, tmp_path, "resharded", BatchSize=3)
    keys = [f"k{n}" for n in range(6)]

    def put(generation: int) -> None:
        for key in keys:
            found.put(*[f"{key}:{generation * 10 + n}" for n in range(5)], key=key)

    put(0)
    streams.split_shard(
        StreamName="resharded",
        ShardToSplit="shardId-000000000000",
        NewStartingHashKey=str(2**127),
    )
    put(1)
    functions.update_event_source_mapping(UUID=found.mapping, ParallelizationFactor=4)
    put(2)
    streams.merge_shards(
        StreamName="resharded",
        ShardToMerge="shardId-000000000001",
        AdjacentShardToMerge="shardId-000000000002",
    )
    put(3)
    eventually(lambda: len(found.taken()) >= 6 * 5 * 4)

    for key in keys:
        seen = [text for text in found.taken() if text.startswith(f"{key}:")]
        assert seen == [f"{key}:{g * 10 + n}" for g in range(4) for n in range(5)]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"ParallelizationFactor": 11}, "parallelizationFactor"),
        ({"MaximumRecordAgeInSeconds": 59}, "MaximumRecordAgeInSeconds"),
        ({"BatchSize": 10001}, "batchSize"),
    ],
)
def test_settings_that_aws_refuses_are_refused(
    embedded: Embedded, tmp_path: Path, settings: dict[str, Any], named: str
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"""
    with pytest.raises(ClientError, match=named):
        pipe(embedded, tmp_path, f"refused-{named}", **settings)


def test_a_function_that_raised_is_called_again_in_the_same_process(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html"""
    functions = client(embedded, "lambda")
    code = "import os\n\ndef handle(event, context):\n    raise KeyError(os.getpid())\n"
    functions.create_function(
        FunctionName="raising",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle(code)},
    )
    answers = [functions.invoke(FunctionName="raising") for _ in range(3)]
    assert {answer["FunctionError"] for answer in answers} == {"Unhandled"}
    bodies = [json.loads(answer["Payload"].read()) for answer in answers]
    assert {body["errorType"] for body in bodies} == {"KeyError"}
    assert len({body["errorMessage"] for body in bodies}) == 1


def test_iterator_age_is_published_and_shown_by_status(
    embedded: Embedded, tmp_path: Path, workspace: Workspace
) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
    found = pipe(embedded, tmp_path, "aging", MaximumBatchingWindowInSeconds=2)
    found.put("one")
    eventually(lambda: age_of(workspace, "aging") >= 0.5)
    eventually(found.taken)
    eventually(lambda: age_of(workspace, "aging") == 0)
    now = datetime.now(UTC)
    (point,) = client(embedded, "cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="IteratorAge",
        Dimensions=[{"Name": "FunctionName", "Value": "aging"}],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=5),
        Period=3600,
        Statistics=["Maximum"],
    )["Datapoints"]
    assert 1_500 < point["Maximum"] < 10_000


def age_of(workspace: Workspace, stream: str) -> float:
    mappings = status.read(workspace).contents.mappings
    return next(m.iterator_age_seconds for m in mappings if m.stream == stream)
