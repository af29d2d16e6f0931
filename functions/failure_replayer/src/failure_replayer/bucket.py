"""Read access to the dead-letter bucket in S3."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from catalog_runtime import aws
from catalog_runtime.deadline import Deadline
from failure_replayer.dead_letters import FAILED_BATCHES, MALFORMED
from failure_replayer.limits import LARGEST_OBJECT_BYTES, TooLargeError
from failure_replayer.ports import ServiceError, SourceError

T = TypeVar("T")

_DATE = re.compile(r"/([0-9]{4})/([0-9]{2})/([0-9]{2})/", re.ASCII)
_DAY = timedelta(days=1)
_PIECE_BYTES = 2**20
# For each call, the body of the largest object included: `catalogctl replay` waits 30 s for a
# portion, of which the portion itself takes 15 s.
CALL_SECONDS = 10.0
# Error codes of S3 that concern one object, not the bucket, the credentials or the load.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
OBJECT_ERRORS = {
    *("NoSuchKey", "NoSuchVersion", "AccessDenied", "InvalidObjectState", "KeyTooLongError"),
    *("MethodNotAllowed", "InvalidRequest", "InvalidArgument", "404", "403"),
    *("KMS.DisabledException", "KMS.NotFoundException", "KMS.KMSInvalidStateException"),
}


@dataclass(frozen=True, slots=True)
class S3DeadLetterBucket:
    """A bucket in S3; lists the objects of both prefixes in the order of their keys."""

    s3: Any
    bucket: str

    def keys(self, since: datetime | None, until: datetime | None, after: str) -> Iterator[str]:
        """See `DeadLetterBucket`."""
        for prefix in (FAILED_BATCHES, MALFORMED):
            if after > prefix and not after.startswith(prefix):
                continue
            for key in listed(self.s3, self.bucket, prefix, max(after, prefix)):
                # The S3 console creates objects whose keys end in a slash as folders.
                if not key.endswith("/") and may_hold(key, since, until):
                    yield key

    def read(self, key: str) -> bytes:
        """See `DeadLetterBucket`."""
        return read_object(self.s3, self.bucket, key, LARGEST_OBJECT_BYTES)


def may_hold(key: str, since: datetime | None, until: datetime | None) -> bool:
    """Return whether an object can hold dead letters of that time, judging by the date in its key.

    For malformed records it is the arrival date of the first record, and a batch may cross
    midnight. For discarded batches it is the date of the discard, after all records arrived.
    """
    found = _DATE.search(key)
    if found is None:
        return True
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return True
    # The day before, without leaving the calendar.
    if since is not None and _utc(since) - day > _DAY:
        return False
    return until is None or key.startswith(FAILED_BATCHES) or day <= _utc(until)


def listed(s3: Any, bucket: str, prefix: str, after: str) -> Iterator[str]:
    """Yield the keys with a prefix that sort after `after`. Raises `ServiceError`."""
    pages = iter(
        s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, StartAfter=after)
    )
    while (page := call(f"s3://{bucket}/{prefix}", lambda: next(pages, None))) is not None:
        for entry in page.get("Contents", ()):
            yield entry["Key"]


def read_object(s3: Any, bucket: str, key: str, most_bytes: int) -> bytes:
    """Return the content of an object; an object above `most_bytes` is not downloaded.

    Raises `ServiceError`, and `SourceError` when only this object cannot be read.
    """
    url, deadline = f"s3://{bucket}/{key}", Deadline(CALL_SECONDS)
    # Grows in this thread: the allocator keeps freed memory of the threads that call S3.
    content = io.BytesIO()
    try:
        answer = call(url, s3.get_object, deadline, Bucket=bucket, Key=key)
        body = answer["Body"]
        too_large = answer.get("ContentLength", 0) > most_bytes
        # Read to the end: only then does botocore compare the size with the announced one.
        while not too_large and (piece := call(url, lambda: body.read(_PIECE_BYTES), deadline)):
            content.write(piece)
            too_large = content.tell() > most_bytes
    except ServiceError as error:
        if error.code in OBJECT_ERRORS:
            raise SourceError(f"cannot be read: {error.__cause__}") from error
        raise
    if too_large:
        body.close()
        raise SourceError(str(TooLargeError(f"more than {most_bytes} bytes in the bucket")))
    return content.getvalue()


def call(
    url: str, operation: Callable[..., T], deadline: Deadline | None = None, **arguments: Any
) -> T:
    """Call S3 before the deadline, without one within `CALL_SECONDS`. Raises `ServiceError`."""
    seconds = CALL_SECONDS if deadline is None else deadline.remaining
    try:
        return aws.call(operation, seconds, **arguments)
    except aws.AwsError as error:
        raise ServiceError(f"{url}: {error}", error.reaction, error.code) from error


def _utc(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
