"""The Kinesis stream: put letters on it, and read a range of it again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from failure_replayer.letters import Letter, Range, of_stream
from failure_replayer.ports import EffectError

ATTEMPTS = 6
BACKOFF_SECONDS = 0.1
# A shard answers five calls a second, shared with everybody who reads it.
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_GetRecords.html
READ_PAUSE_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class KinesisStream:
    """A stream, by name."""

    kinesis: Any
    name: str
    sleep: Callable[[float], None] = time.sleep

    def put(self, letters: Sequence[Letter]) -> dict[str, str]:
        """See `Stream`."""
        accepted: dict[str, str] = {}
        pending = list(letters)
        for attempt in range(ATTEMPTS):
            if attempt:
                self.sleep(BACKOFF_SECONDS * 2**attempt)
            try:
                results = self._put_once(pending)
            except EffectError:
                # What was accepted before has to get into the ledger.
                if accepted:
                    break
                raise
            refused = []
            for letter, result in zip(pending, results, strict=True):
                if "SequenceNumber" in result:
                    accepted[letter.identity] = f"{result['ShardId']}:{result['SequenceNumber']}"
                else:
                    refused.append(letter)
            pending = refused
            if not pending:
                break
        return accepted

    def read(self, span: Range) -> Iterator[Letter]:
        """See `Stream`."""
        iterator = self._call(
            "get_shard_iterator",
            StreamName=self.name,
            ShardId=span.shard_id,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            StartingSequenceNumber=span.first,
        )["ShardIterator"]
        last = int(span.last)
        while iterator:
            answer = self._call("get_records", ShardIterator=iterator)
            for record in answer["Records"]:
                sequence = record["SequenceNumber"]
                if int(sequence) > last:
                    return
                yield of_stream(
                    span.shard_id,
                    sequence,
                    span.reason,
                    record["ApproximateArrivalTimestamp"],
                    record["PartitionKey"],
                    record["Data"],
                )
                if int(sequence) == last:
                    return
            if not answer["Records"] and not answer.get("MillisBehindLatest"):
                return
            iterator = answer.get("NextShardIterator")
            self.sleep(READ_PAUSE_SECONDS)

    def _put_once(self, letters: Sequence[Letter]) -> list[dict[str, Any]]:
        entries = [
            {"Data": letter.data or b"", "PartitionKey": letter.partition_key} for letter in letters
        ]
        results: list[dict[str, Any]] = self._call(
            "put_records", StreamName=self.name, Records=entries
        )["Records"]
        return results

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self.kinesis, operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            raise EffectError(f"stream {self.name}: {error}") from error
        return answer
