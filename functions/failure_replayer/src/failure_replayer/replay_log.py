"""The replay log: records of replayed dead letters, stored as objects in the same bucket."""

from __future__ import annotations

import gzip
from collections.abc import Container, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec

from failure_replayer.bucket import call, listed, read_object
from failure_replayer.identities import Identities
from failure_replayer.limits import (
    LARGEST_ENTRY_BYTES,
    MOST_ENTRIES,
    MOST_LINES,
    BrokenGzipError,
    TooLargeError,
    check,
    unpacked,
)
from failure_replayer.ports import SourceError

REPLAYED = "replayed/"
# A key has at most 1,024 bytes, of which a replay record's name takes up to 270.
LONGEST_SOURCE_BYTES = 740
_AT_ONCE = 8


class _Entry(msgspec.Struct, frozen=True):
    identity: str
    replayed_as: str


_ENTRIES = msgspec.json.Decoder(_Entry)


@dataclass(frozen=True, slots=True)
class S3ReplayLog:
    """Replay records in S3: `replayed/<source>/<new position of the first>.jsonl.gz`.

    They have the retention of the dead letters. Records are never changed, so that the function
    needs neither the right to delete nor a lock.
    """

    s3: Any
    bucket: str

    def replayed(self, source: str) -> Container[str]:
        """See `ReplayLog`."""
        if len(source.encode()) > LONGEST_SOURCE_BYTES:
            raise SourceError("its key is too long for a replay record")
        known, keys = Identities(), self._keys(source)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            # In groups: records are downloaded faster than they are added.
            for begin in range(0, len(keys), _AT_ONCE):
                for entries in pool.map(self._read, keys[begin : begin + _AT_ONCE]):
                    known.update(entry.identity for entry in entries)
                if len(known) > MOST_LINES:
                    raise SourceError(str(TooLargeError(f"more than {MOST_LINES} replayed")))
        return known

    def record(self, source: str, replayed: Mapping[str, str]) -> None:
        """See `ReplayLog`."""
        entries = [_Entry(identity, position) for identity, position in replayed.items()]
        first = entries[0].replayed_as.replace(":", "-")
        body = gzip.compress(msgspec.json.Encoder().encode_lines(entries), mtime=0)
        key = f"{REPLAYED}{source}/{first}.jsonl.gz"
        call(
            f"s3://{self.bucket}/{key}",
            self.s3.put_object,
            Bucket=self.bucket,
            Key=key,
            Body=body,
            ContentType="application/gzip",
        )

    def _keys(self, source: str) -> list[str]:
        folder = f"{REPLAYED}{source}"
        keys: list[str] = []
        for key in listed(self.s3, self.bucket, f"{folder}/", f"{folder}/"):
            # The key of another source may begin with this key and a slash.
            if key.rpartition("/")[0] != folder:
                continue
            keys.append(key)
            if len(keys) > MOST_ENTRIES:
                raise SourceError(str(TooLargeError(f"more than {MOST_ENTRIES} replay records")))
        return keys

    def _read(self, key: str) -> list[_Entry]:
        try:
            content = read_object(self.s3, self.bucket, key, LARGEST_ENTRY_BYTES)
            check(content, LARGEST_ENTRY_BYTES)
            entries = _ENTRIES.decode_lines(unpacked(content).read())
        except SourceError as error:
            raise SourceError(f"replay record {key}: {error}") from error
        except (BrokenGzipError, TooLargeError, msgspec.MsgspecError, UnicodeError, RecursionError):
            entries = []
        if not entries:
            raise SourceError(
                f"replay record {key} is damaged, so its dead letters may have been replayed; "
                "restore the record, or delete it to replay them again"
            )
        return entries
