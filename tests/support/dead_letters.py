"""Dead letters of both writers, with a bucket and a stream in memory."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from embedded_aws.emulator.event_source.destination import (
    InvocationContext,
    object_key,
    record,
    record_with_payload,
)
from embedded_aws.emulator.event_source.model import Batch, Discard, Record
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.events import Malformed
from inventory_processor.kinesis import read
from support.cloud import FakeS3, FakeSqs, client_error
from support.events import ARRIVED, SHARD, kinesis_event, kinesis_record

BUCKET = "dead"
ARRIVAL = datetime.fromtimestamp(ARRIVED, UTC)
ABOUT = InvocationContext(
    mapping="11111111-2222-3333-4444-555555555555",
    function_arn="arn:aws:lambda:eu-west-1:111111111111:function:processor",
    executed_version="$LATEST",
    stream_arn="arn:aws:kinesis:eu-west-1:111111111111:stream/updates",
    shard=SHARD,
    request="request-1",
)


class FakeBucket(FakeS3):
    """A bucket that can be listed and read as well; `refusals` has error codes by key."""

    def __init__(self) -> None:
        super().__init__()
        self.refusals: dict[str, str] = {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if self.failure is not None:
            raise self.failure
        if Key in self.refusals:
            raise client_error(self.refusals[Key], "GetObject")
        content = self.objects[Bucket, Key]
        return {"Body": io.BytesIO(content), "ContentLength": len(content)}

    def get_paginator(self, operation: str) -> FakeBucket:
        assert operation == "list_objects_v2"
        return self

    def paginate(
        self,
        *,
        Bucket: str,  # noqa: N803
        Prefix: str,  # noqa: N803
        StartAfter: str,  # noqa: N803
    ) -> Iterator[dict[str, Any]]:
        """Yield one key a page, so that a client that reads only the first page fails."""
        if self.failure is not None:
            raise self.failure
        found = sorted(key for bucket, key in self.objects if bucket == Bucket)
        for key in found:
            if key.startswith(Prefix) and key > StartAfter:
                yield {"Contents": [{"Key": key}]}
        yield {}

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for _, key in self.objects if key.startswith(prefix))


class FakeKinesis:
    """One shard in memory; `room` is how many more records it takes, None for any number.

    `invalid` are payloads for which a whole call is refused. `read_errors` are codes with which
    the next reading calls end, one after the other. `behind` makes empty answers claim that more
    records follow.
    """

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self.room: int | None = None
        self.failure: Exception | None = None
        self.invalid: set[bytes] = set()
        self.read_errors: list[str] = []
        self.behind = 0
        self.calls = 0

    def put_records(self, *, StreamName: str, Records: Sequence[dict[str, Any]]) -> Any:  # noqa: N803
        assert StreamName == "updates"
        assert 1 <= len(Records) <= 500
        self.calls += 1
        if self.invalid & {entry["Data"] for entry in Records}:
            raise client_error("ValidationException", "PutRecords")
        return {"Records": [self._put(entry) for entry in Records]}

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        if self.failure is not None:
            raise self.failure
        if self.room == 0:
            return {"ErrorCode": "ProvisionedThroughputExceededException"}
        if self.room is not None:
            self.room -= 1
        sequence = f"{9000 + len(self.records)}"
        self.records.append(
            {**entry, "SequenceNumber": sequence, "ApproximateArrivalTimestamp": ARRIVAL}
        )
        return {"ShardId": SHARD, "SequenceNumber": sequence}

    def get_shard_iterator(self, **asked: str) -> dict[str, str]:
        if asked["ShardId"] != SHARD:
            raise client_error("ResourceNotFoundException", "GetShardIterator")
        kinds = {"AT_SEQUENCE_NUMBER": 0, "AFTER_SEQUENCE_NUMBER": 1}
        begin = int(asked["StartingSequenceNumber"]) + kinds[asked["ShardIteratorType"]]
        self._fail("GetShardIterator")
        return {"ShardIterator": f"{begin}"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        """Two records an answer."""
        self._fail("GetRecords")
        left = [each for each in self.records if int(each["SequenceNumber"]) >= int(ShardIterator)]
        behind = len(left[2:]) or self.behind
        answer: dict[str, Any] = {"Records": left[:2], "MillisBehindLatest": behind}
        after = int(left[:2][-1]["SequenceNumber"]) + 1 if left else int(ShardIterator)
        return answer | {"NextShardIterator": str(after)}

    def _fail(self, operation: str) -> None:
        self.calls += 1
        if self.read_errors:
            code = self.read_errors.pop(0)
            if code:
                raise client_error(code, operation)

    @property
    def payloads(self) -> list[bytes]:
        return [entry["Data"] for entry in self.records]


def malformed(
    s3: FakeBucket, *payloads: bytes, reason: Any = "unknown-version", start: int = 0
) -> str:
    """What the inventory processor leaves of a batch; returns the key."""
    batch = read(kinesis_event(payloads, start))
    before = set(s3.objects)
    dead_letters = S3DeadLetters(s3, BUCKET, FakeSqs(), "https://queue")
    dead_letters.store([Malformed(each, reason, "for people") for each in batch])
    ((_, key),) = set(s3.objects) - before
    return key


def failed_batch(
    s3: FakeBucket,
    *payloads: bytes,
    start: int = 0,
    condition: str = "RetryAttemptsExhausted",
    with_payload: bool = True,
) -> str:
    """Store a batch as Lambda does when it discards it; return the key."""
    events = [kinesis_record(payload, start + n) for n, payload in enumerate(payloads)]
    entries = tuple(
        Record(n, "SKU-1", ARRIVED + start + n, len(payload), event)
        for n, (payload, event) in enumerate(zip(payloads, events, strict=True))
    )
    end = Discard(Batch(entries, attempts=4), condition, raised=True)
    now = ARRIVED + 60
    document = (record_with_payload if with_payload else record)(end, ABOUT, now)
    key = object_key(ABOUT, now)
    s3.objects[BUCKET, key] = json.dumps(document).encode()
    return key


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()
