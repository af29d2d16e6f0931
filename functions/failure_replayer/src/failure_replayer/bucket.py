"""Read access to the dead-letter bucket in S3."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from failure_replayer.dead_letters import FAILED_BATCHES, MALFORMED
from failure_replayer.limits import LARGEST_OBJECT_BYTES, TooLargeError
from failure_replayer.ports import ServiceError, SourceError

_DATE = re.compile(r"/([0-9]{4})/([0-9]{2})/([0-9]{2})/", re.ASCII)
_DAY = timedelta(days=1)
_PIECE_BYTES = 2**20
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
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, StartAfter=after
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                yield entry["Key"]
    except (BotoCoreError, ClientError) as error:
        raise ServiceError(f"s3://{bucket}/{prefix}: {error}") from error


def read_object(s3: Any, bucket: str, key: str, most_bytes: int) -> bytes:
    """Return the content of an object; an object above `most_bytes` is not downloaded.

    Raises `ServiceError`, and `SourceError` when only this object cannot be read.
    """
    pieces, size = [], 0
    try:
        answer = s3.get_object(Bucket=bucket, Key=key)
        body, announced = answer["Body"], answer.get("ContentLength", 0)
        # Read to the end: only then does botocore compare the size with the announced one.
        while announced <= most_bytes and (piece := body.read(_PIECE_BYTES)):
            size += len(piece)
            if size > most_bytes:
                break
            pieces.append(piece)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in OBJECT_ERRORS:
            raise SourceError(f"cannot be read: {error}") from error
        raise ServiceError(f"s3://{bucket}/{key}: {error}") from error
    except BotoCoreError as error:
        raise ServiceError(f"s3://{bucket}/{key}: {error}") from error
    if max(size, announced) > most_bytes:
        body.close()
        raise SourceError(str(TooLargeError(f"more than {most_bytes} bytes in the bucket")))
    return b"".join(pieces)


def _utc(moment: datetime) -> date:
    return moment.astimezone(UTC).date()
