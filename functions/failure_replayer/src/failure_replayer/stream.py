"""Kinesis: put dead letters on the stream, and read a range of it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ParamValidationError

from catalog_runtime import aws
from catalog_runtime.deadline import Deadline
from catalog_runtime.reaction import Reaction
from failure_replayer.dead_letters import DeadLetter, Range, of_stream
from failure_replayer.ports import PutOutcome, ServiceError, SourceError

# The client's timeouts, 1 s to connect and 10 s to answer, for its only attempt.
CALL_SECONDS = 11.0
ATTEMPTS = 6
BACKOFF_SECONDS = 0.1
# A shard serves five calls per second, shared by all its readers.
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
READ_PAUSE_SECONDS = 0.25
# A response may be empty although more records follow. After this many in a row (10 s) the range
# counts as unreadable; otherwise a portion might never end.
MOST_EMPTY_ANSWERS = 40
MOST_NEW_ITERATORS = 3

# Errors about the request itself: Kinesis never accepts the same one.
INVALID = {"ValidationException", "InvalidArgumentException", "SerializationException"}
EXPIRED = "ExpiredIteratorException"
GONE = "ResourceNotFoundException"
LONGEST_MESSAGE = 300


class InvalidRequestError(Exception):
    """Kinesis refuses the content of a request."""


@dataclass(frozen=True, slots=True)
class KinesisStream:
    """A Kinesis stream."""

    kinesis: Any
    name: str
    sleep: Callable[[float], None] = time.sleep

    def put(self, dead_letters: Sequence[DeadLetter]) -> PutOutcome:
        """See `Stream`."""
        outcome = PutOutcome()
        try:
            self._put(dead_letters, outcome)
        except ServiceError as error:
            # What was accepted before belongs in the replay log.
            outcome.failure = str(error)
        return outcome

    def read(self, span: Range, after: str) -> Iterator[DeadLetter]:
        """See `Stream`.

        A shard that was split or merged keeps its records until they expire, so a range never
        continues in its child shards.
        """
        reader = _Reader(self, span, after)
        return reader.dead_letters()

    def _put(self, dead_letters: Sequence[DeadLetter], outcome: PutOutcome) -> None:
        """Put dead letters; halve a refused request until the cause is a single dead letter."""
        pending = list(dead_letters)
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(BACKOFF_SECONDS * 2**attempt)
            try:
                results = self._put_once(pending)
            except InvalidRequestError as error:
                if len(pending) == 1:
                    outcome.refused[pending[0].identity] = str(error)
                    return
                middle = len(pending) // 2
                self._put(pending[:middle], outcome)
                self._put(pending[middle:], outcome)
                return
            refused = []
            for dead_letter, result in zip(pending, results, strict=True):
                if "SequenceNumber" in result:
                    position = f"{result['ShardId']}:{result['SequenceNumber']}"
                    outcome.accepted[dead_letter.identity] = position
                else:
                    refused.append(dead_letter)
            pending = refused
            if not pending:
                return
        raise ServiceError(f"the stream did not take {len(pending)} of {len(dead_letters)} records")

    def _put_once(self, dead_letters: Sequence[DeadLetter]) -> list[dict[str, Any]]:
        entries = [
            {"Data": dead_letter.data or b"", "PartitionKey": dead_letter.partition_key}
            for dead_letter in dead_letters
        ]
        results: list[dict[str, Any]] = self.call(
            "put_records", StreamName=self.name, Records=entries
        )["Records"]
        return results

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call Kinesis. Raises `ServiceError`, `InvalidRequestError`."""
        try:
            answer: dict[str, Any] = aws.call(
                getattr(self.kinesis, operation), CALL_SECONDS, **arguments
            )
        except aws.AwsError as error:
            if error.code in INVALID or isinstance(error.__cause__, ParamValidationError):
                raise InvalidRequestError(str(error)[:LONGEST_MESSAGE]) from error
            message = f"stream {self.name}: {error}"
            raise ServiceError(message, error.reaction, error.code) from error
        return answer


class _Reader:
    """Reads one range; replaces expired iterators and waits for throttled shards."""

    def __init__(self, stream: KinesisStream, span: Range, after: str) -> None:
        self._stream, self._span, self._after = stream, span, after

    def dead_letters(self) -> Iterator[DeadLetter]:
        last = int(self._span.last)
        iterator: str | None = self._iterator()
        empty = renewed = 0
        while iterator:
            answer = self._records(iterator)
            if answer is None:
                renewed += 1
                if renewed > MOST_NEW_ITERATORS:
                    raise SourceError("the stream's iterators expire before they are used")
                iterator = self._iterator()
                continue
            for record in answer["Records"]:
                if int(record["SequenceNumber"]) > last:
                    return
                yield self._dead_letter(record)
                self._after, renewed = record["SequenceNumber"], 0
                if int(self._after) == last:
                    return
            empty = 0 if answer["Records"] else empty + 1
            if empty and not answer.get("MillisBehindLatest"):
                return
            if empty > MOST_EMPTY_ANSWERS:
                raise SourceError(f"the stream gave no record in {empty} answers")
            iterator = answer.get("NextShardIterator")
            self._stream.sleep(READ_PAUSE_SECONDS)

    def _dead_letter(self, record: dict[str, Any]) -> DeadLetter:
        return of_stream(
            self._span.shard_id,
            record["SequenceNumber"],
            self._span.reason,
            record["ApproximateArrivalTimestamp"],
            record["PartitionKey"],
            record["Data"],
        )

    def _iterator(self) -> str:
        behind = bool(self._after)
        answer = self._call(
            "get_shard_iterator",
            StreamName=self._stream.name,
            ShardId=self._span.shard_id,
            ShardIteratorType="AFTER_SEQUENCE_NUMBER" if behind else "AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=self._after or self._span.first,
        )
        return str(answer["ShardIterator"])

    def _records(self, iterator: str) -> dict[str, Any] | None:
        """Return a response, or None when the iterator has expired."""
        try:
            return self._call("get_records", ShardIterator=iterator)
        except ServiceError as error:
            if error.code == EXPIRED:
                return None
            raise

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call Kinesis again while it answers that it is busy, but start no call after a while."""
        deadline = Deadline(CALL_SECONDS)
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._stream.call(operation, **arguments)
            except InvalidRequestError as error:
                raise SourceError(f"shard {self._span.shard_id}: {error}") from error
            except ServiceError as error:
                if error.code == GONE:
                    raise SourceError(f"shard {self._span.shard_id}: {error.__cause__}") from error
                busy = error.code and error.reaction is Reaction.RETRY
                if not busy or attempt == ATTEMPTS or not deadline.remaining:
                    raise
            self._stream.sleep(BACKOFF_SECONDS * 2**attempt)
        raise AssertionError("unreachable")
