"""Requests that AWS refuses, with the error code and the page that says so."""

from __future__ import annotations

from typing import Any

from support.request_fuzzing import KINESIS, QUEUE, SHARDS

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
