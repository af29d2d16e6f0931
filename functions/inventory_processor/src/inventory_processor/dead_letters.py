"""Dead letters for malformed records: payloads to S3, a notification to SQS."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec

from catalog_runtime import aws
from inventory_processor.events import Malformed
from inventory_processor.objects import S3Client, key, pack, put, stream_fields
from inventory_processor.ports import EffectError

# Two attempts of 1 s to connect and 2 s to answer.
SEND_SECONDS = 6.0


class SqsClient(Protocol):
    """The part of the SQS client that is used."""

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> Any:  # noqa: N803
        """https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html."""
        ...


@dataclass(frozen=True, slots=True)
class S3DeadLetters:
    """Dead letters below `malformed/` of a bucket: one object and one message per batch."""

    s3: S3Client
    bucket: str
    sqs: SqsClient
    queue_url: str

    def store(self, records: Sequence[Malformed]) -> None:
        """See `DeadLetters`."""
        name = key("malformed", records[0].record, records[-1].record)
        put(self.s3, self.bucket, name, pack(_line(item) for item in records))
        message = {
            "kind": "malformed",
            "count": len(records),
            "bucket": self.bucket,
            "key": name,
            "reasons": Counter(item.reason for item in records),
        }
        try:
            aws.call(
                self.sqs.send_message,
                SEND_SECONDS,
                QueueUrl=self.queue_url,
                MessageBody=msgspec.json.encode(message).decode(),
            )
        except aws.AwsError as error:
            raise EffectError(f"{self.queue_url}: {error}") from error


def _line(item: Malformed) -> dict[str, Any]:
    return stream_fields(item.record) | {
        # Only valid UTF-8 can be written, and put on the stream again.
        "partition_key": item.record.partition_key.encode(errors="replace").decode(),
        "reason": item.reason,
        "detail": item.detail,
        "payload_base64": item.record.payload_base64.encode(errors="replace").decode(),
    }
