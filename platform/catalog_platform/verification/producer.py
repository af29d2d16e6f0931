"""Put a feed on the stream, and record the sequence numbers of its records."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog_platform.aws.client_errors import translate_errors
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.plural import plural
from catalog_platform.verification.feed import Feed, Update

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
RECORDS_PER_CALL = 500
ATTEMPTS = 8
BACKOFF_SECONDS = 0.1


@dataclass(slots=True)
class Sent:
    """Names of the events that were put, made from the sequence numbers of their records."""

    valid: set[str] = field(default_factory=set)
    malformed: set[str] = field(default_factory=set)

    @property
    def total(self) -> int:
        """Return the number of events that the stream accepted."""
        return len(self.valid) + len(self.malformed)


def put(session: Session, stream: str, feed: Feed, *, on_progress: Callable[[int], None]) -> Sent:
    """Put every update on the stream; retry throttled records.

    Calls `on_progress` with the number of accepted events. Raises `PlatformError` when the stream
    cannot be reached, or throttles a record in all attempts.
    """
    kinesis = session.client("kinesis")
    sent = Sent()
    for start in range(0, len(feed.updates), RECORDS_PER_CALL):
        pending: Sequence[Update] = feed.updates[start : start + RECORDS_PER_CALL]
        for attempt in range(ATTEMPTS):
            pending = _put_once(kinesis, stream, pending, sent)
            on_progress(sent.total)
            if not pending:
                break
            time.sleep(BACKOFF_SECONDS * 2**attempt)
        else:
            raise PlatformError(
                f"stream {stream}: {plural(len(pending), 'record')} throttled {ATTEMPTS} times",
                hint="the stream has too little capacity: raise stream.shards",
            )
    return sent


def _put_once(kinesis: Any, stream: str, updates: Sequence[Update], sent: Sent) -> Sequence[Update]:
    """Put the updates; return those that were throttled."""
    entries = [{"Data": update.data, "PartitionKey": update.partition_key} for update in updates]
    with translate_errors(f"stream {stream}"):
        answer = kinesis.put_records(StreamName=stream, Records=entries)
    throttled = []
    for update, result in zip(updates, answer["Records"], strict=True):
        if "SequenceNumber" not in result:
            throttled.append(update)
        else:
            names = sent.malformed if update.malformed else sent.valid
            names.update(update.names(result["SequenceNumber"]))
    return throttled
