"""Write Kinesis records to disk before they are acknowledged.

The emulator keeps records in memory and stores them at shutdown. Here they are appended to log
files, one line each, so that acknowledged records survive a kill of the emulator; its own state
contains only streams and shards.

A record is removed when its retention ends, as on AWS. Beyond `KEPT_BYTES`, the oldest records are
removed early, once every mapping of their stream has processed them; records of streams without a
mapping are kept.
"""

from __future__ import annotations

import copy
import json
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from ministack.services import kinesis

from embedded_aws.emulator import streams
from embedded_aws.emulator.segments import Entry, Scope, Segment, Segments, Shard

logger = logging.getLogger("kinesis-log")

Answer = tuple[int, dict[str, str], Any]
# Returns the sequence number up to which all mappings have processed a shard, or None without a
# mapping. Parameters: account, region, stream ARN and shard name.
Done = Callable[[str, str, str, str], float | None]

FIELDS = ("SequenceNumber", "ApproximateArrivalTimestamp", "Data", "PartitionKey")
SEGMENT_BYTES = 4 * 1024 * 1024
KEPT_BYTES = 32 * 1024 * 1024


class KinesisLog:
    """The log files, and the last sequence number written per shard."""

    def __init__(self, path: Path, done: Done) -> None:
        self._segments = Segments(path)
        self._done = done
        self._lock = threading.Lock()
        self._written: dict[Shard, str] = {}

    def install(self) -> None:
        """Wrap the functions that put, store and load records."""
        kinesis._put_record = self._logging(kinesis._put_record)
        kinesis._put_records = self._logging(kinesis._put_records)
        kinesis.get_state = self._without_records(kinesis.get_state)
        original_load = kinesis.load_persisted_state

        def load(stored: Any) -> None:
            original_load(stored)
            self.replay()

        kinesis.load_persisted_state = load

    def replay(self) -> None:
        """Load the records into their streams, except expired ones and those of deleted streams."""
        with self._lock:
            for *scope, shard, record in self._segments.lines():
                stream = kinesis._streams.get_scoped(*scope)
                if stream is None:
                    continue
                key = kinesis._partition_key_to_hash(record["PartitionKey"])
                # The stored state may lack a shard that was created just before the kill.
                name = shard if shard in stream["shards"] else kinesis._route_to_shard(key, stream)
                if _follows(record["SequenceNumber"], stream["shards"][name]):
                    stream["shards"][name]["records"].append(record)
        self.compact()

    def compact(self) -> None:
        """Atomically replace all log files with one that has the current records.

        On failure, the existing files are kept.
        """
        with self._lock:
            try:
                self._segments.replace(self._write_all)
            except OSError:
                logger.exception("the Kinesis log could not be compacted")

    def _write_all(self, file: TextIO, segment: Segment) -> None:
        written: dict[Shard, str] = {}
        for scope, stream in kinesis._streams.all_items():
            kinesis._expire_records(stream)
            for name, shard in stream["shards"].items():
                for entry in _entries((scope, name), shard, ""):
                    file.write(entry.line)
                    written[entry.shard] = entry.number
        file.flush()
        segment.last, self._written = dict(written), written

    def _logging(self, original: Callable[[dict[str, Any]], Answer]) -> Any:
        def put(data: dict[str, Any]) -> Answer:
            answer = original(data)
            if answer[0] < 400:
                name, stream = kinesis._resolve_stream(data)
                account, region = kinesis._stream_record_scope(stream)
                with self._lock:
                    self._append((account, region, name), stream)
            return answer

        return put

    def _append(self, scope: Scope, stream: dict[str, Any]) -> None:
        new_entries: list[Entry] = []
        for name, shard in stream["shards"].items():
            new_entries += _entries((scope, name), shard, self._written.get((scope, name), ""))
        self._segments.append(new_entries)
        self._written.update({entry.shard: entry.number for entry in new_entries})
        if self._segments.newest_size >= SEGMENT_BYTES:
            try:
                self._segments.rotate()
                self._shrink()
            except OSError:
                # The records are on disk; the next put tries again.
                logger.exception("the Kinesis log could not be rotated")

    def _shrink(self) -> None:
        """Remove expired records, and then files without remaining records."""
        for _scope, stream in kinesis._streams.all_items():
            kinesis._expire_records(stream)
        excess = self._segments.size - KEPT_BYTES
        for segment in self._segments.oldest:
            if excess > 0 and self._is_done(segment):
                for shard, last in segment.last.items():
                    _drop_up_to(shard, last)
                excess -= segment.size
            if not any(_has_records_up_to(shard, last) for shard, last in segment.last.items()):
                self._segments.remove(segment)

    def _is_done(self, segment: Segment) -> bool:
        """Return whether all mappings have processed a file; False if a stream has no mapping."""
        for ((account, region, name), shard), last in segment.last.items():
            stream = kinesis._streams.get_scoped(account, region, name)
            if stream is not None and shard in stream["shards"]:
                done = self._done(account, region, stream["StreamARN"], shard)
                if done is None or done < int(last):
                    return False
        return True

    def _without_records(self, _stock: Callable[[], Any]) -> Callable[[], Any]:
        def state() -> Any:
            found = type(kinesis._streams)()
            found._data = {
                scope: {
                    **stream,
                    "shards": {
                        name: {**shard, "records": []}
                        for name, shard in dict(stream["shards"]).items()
                    },
                }
                for scope, stream in dict(kinesis._streams._data).items()
            }
            return {
                "streams": copy.deepcopy(found),
                "shard_iterators": copy.deepcopy(kinesis._shard_iterators),
                "consumers": copy.deepcopy(kinesis._consumers),
                "resource_policies": copy.deepcopy(kinesis._resource_policies),
            }

        return state


def _entries(shard_key: Shard, shard: dict[str, Any], after: str) -> Iterator[Entry]:
    """Yield a shard's records after a sequence number; all numbers have the same length."""
    records = shard["records"]
    begin = len(records)
    while begin and records[begin - 1]["SequenceNumber"] > after:
        begin -= 1
    for record in records[begin:]:
        stored = {field: record[field] for field in FIELDS}
        line = json.dumps([*shard_key[0], shard_key[1], stored]) + "\n"
        yield Entry(shard_key, record["SequenceNumber"], line)


def _find_records(shard: Shard) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    (account, region, stream_name), name = shard
    stream = kinesis._streams.get_scoped(account, region, stream_name)
    if stream is None or name not in stream["shards"]:
        return {}, []
    return stream, stream["shards"][name]["records"]


def _has_records_up_to(shard: Shard, last: str) -> bool:
    """Return whether a stream still has a record up to a sequence number."""
    _stream, records = _find_records(shard)
    return bool(records) and records[0]["SequenceNumber"] <= last


def _drop_up_to(shard: Shard, last: str) -> None:
    stream, records = _find_records(shard)
    count = sum(1 for record in records if record["SequenceNumber"] <= last)
    if count:
        streams.drop(stream, shard[1], count)


def _follows(number: str, shard: dict[str, Any]) -> bool:
    """Return whether a record is newer than the shard's last one, and than the shard itself."""
    records = shard["records"]
    last = records[-1]["SequenceNumber"] if records else shard["starting_sequence_number"]
    return number > str(last)
