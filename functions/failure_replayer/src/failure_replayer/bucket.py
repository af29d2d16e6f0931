"""The dead-letter bucket in S3: letters to read, and the ledger of those that were replayed."""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from failure_replayer.letters import GIVEN_UP, MALFORMED
from failure_replayer.ports import EffectError

REPLAYED = "replayed/"
_DATE = re.compile(r"/([0-9]{4})/([0-9]{2})/([0-9]{2})/")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class S3Letters:
    """Objects below the two prefixes, in the order of their keys."""

    s3: Any
    bucket: str

    def keys(self, since: datetime | None, until: datetime | None, after: str) -> Iterator[str]:
        """See `Letters`."""
        for prefix in (GIVEN_UP, MALFORMED):
            if after > prefix and not after.startswith(prefix):
                continue
            for key in listed(self.s3, self.bucket, prefix, max(after, prefix)):
                if may_hold(key, since, until):
                    yield key

    def read(self, key: str) -> bytes:
        """See `Letters`."""
        return _read(self.s3, self.bucket, key)


class _Entry(msgspec.Struct, frozen=True):
    identity: str
    replayed_as: str


@dataclass(slots=True)
class S3Ledger:
    """`replayed/<source>/<new place of the first>.jsonl.gz`: beside the letters, and as lasting.

    No entry is ever changed, so nobody needs the right to delete or a lock to write.
    """

    s3: Any
    bucket: str
    _entries: dict[str, list[str]] | None = field(default=None)

    def replayed(self, source: str) -> set[str]:
        """See `Ledger`."""
        if self._entries is None:
            self._entries = defaultdict(list)
            for key in listed(self.s3, self.bucket, REPLAYED, REPLAYED):
                self._entries[key.removeprefix(REPLAYED).rpartition("/")[0]].append(key)
        known: set[str] = set()
        for key in self._entries.get(source, ()):
            known.update(entry.identity for entry in self._read(key))
        return known

    def record(self, source: str, replayed: Mapping[str, str]) -> None:
        """See `Ledger`."""
        entries = [_Entry(identity, place) for identity, place in replayed.items()]
        first = entries[0].replayed_as.replace(":", "-")
        body = gzip.compress(msgspec.json.Encoder().encode_lines(entries), mtime=0)
        key = f"{REPLAYED}{source}/{first}.jsonl.gz"
        try:
            self.s3.put_object(
                Bucket=self.bucket, Key=key, Body=body, ContentType="application/gzip"
            )
        except (BotoCoreError, ClientError) as error:
            raise EffectError(f"s3://{self.bucket}/{key}: {error}") from error

    def _read(self, key: str) -> list[_Entry]:
        try:
            text = gzip.decompress(_read(self.s3, self.bucket, key))
            return msgspec.json.Decoder(_Entry).decode_lines(text)
        except (OSError, EOFError, msgspec.MsgspecError) as error:
            raise EffectError(f"s3://{self.bucket}/{key}: is no entry of the ledger") from error


def may_hold(key: str, since: datetime | None, until: datetime | None) -> bool:
    """Whether an object can hold letters that arrived in that time, going by the date in its key.

    That of a malformed one is the arrival of its first record, and a batch may go past midnight;
    that of a batch given up on is the day it was given up, after any of its records arrived.
    """
    found = _DATE.search(key)
    if found is None:
        return True
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return True
    if since is not None and day < _utc(since) - _DAY:
        return False
    return until is None or key.startswith(GIVEN_UP) or day <= _utc(until)


def listed(s3: Any, bucket: str, prefix: str, after: str) -> Iterator[str]:
    """Keys with a prefix that come behind `after`. Raises `EffectError`."""
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix, StartAfter=after
        )
        for page in pages:
            for entry in page.get("Contents", ()):
                yield entry["Key"]
    except (BotoCoreError, ClientError) as error:
        raise EffectError(f"s3://{bucket}/{prefix}: {error}") from error


def _read(s3: Any, bucket: str, key: str) -> bytes:
    try:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    except (BotoCoreError, ClientError) as error:
        raise EffectError(f"s3://{bucket}/{key}: {error}") from error
    return body


def _utc(moment: datetime) -> date:
    return (moment - (moment.utcoffset() or timedelta())).date()
