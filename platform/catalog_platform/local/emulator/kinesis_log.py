"""Records of Kinesis streams on disk before the producer is told that they arrived.

The emulator keeps them in memory and stores them when it is stopped. Here they go to append-only
files instead, one line each, so that an acknowledged record survives a kill of the emulator; its
own state holds streams and shards only.

A record goes when its retention is over, as on AWS. It goes before that when there are more than
`KEPT_BYTES` and every mapping of its stream is done with it; streams without a mapping keep theirs.
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

from catalog_platform.local.emulator import streams
from catalog_platform.local.emulator.segments import Entry, Scope, Segment, Segments, Shard

logger = logging.getLogger("journal")

Answer = tuple[int, dict[str, str], Any]
# Up to which sequence number all mappings, if there is any, are done with a shard: of account,
# region, stream's ARN and shard's name.
Done = Callable[[str, str, str, str], float | None]

FIELDS = ("SequenceNumber", "ApproximateArrivalTimestamp", "Data", "PartitionKey")
SEGMENT_BYTES = 4 * 1024 * 1024
KEPT_BYTES = 32 * 1024 * 1024


class Journal:
    """The files, and how far each shard has been written to them."""

    def __init__(self, path: Path, done: Done) -> None:
        self._segments = Segments(path)
        self._done = done
        self._lock = threading.Lock()
        self._written: dict[Shard, str] = {}

    def install(self) -> None:
        """Stand before the ways in which records come, are stored and are loaded."""
        kinesis._put_record = self._journalled(kinesis._put_record)
        kinesis._put_records = self._journalled(kinesis._put_records)
        kinesis.get_state = self._without_records(kinesis.get_state)
        stock_load = kinesis.load_persisted_state

        def load(stored: Any) -> None:
            stock_load(stored)
            self.replay()

        kinesis.load_persisted_state = load

    def replay(self) -> None:
        """Give the streams their records back; what is not theirs or has expired is forgotten."""
        with self._lock:
            for *place, shard, record in self._segments.lines():
                stream = kinesis._streams.get_scoped(*place)
                if stream is None:
                    continue
                key = kinesis._partition_key_to_hash(record["PartitionKey"])
                # A shard that was born an instant before the kill is not in the stored state.
                name = shard if shard in stream["shards"] else kinesis._route_to_shard(key, stream)
                if _follows(record["SequenceNumber"], stream["shards"][name]):
                    stream["shards"][name]["records"].append(record)
        self.compact()

    def compact(self) -> None:
        """Write what the streams hold now, in one step, in the place of all that was appended.

        Where that fails, what was appended stays.
        """
        with self._lock:
            try:
                self._segments.replace(self._write_all)
            except OSError:
                logger.exception("the journal is not compacted for now")

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

    def _journalled(self, stock: Callable[[dict[str, Any]], Answer]) -> Any:
        def put(data: dict[str, Any]) -> Answer:
            answer = stock(data)
            if answer[0] < 400:
                name, stream = kinesis._resolve_stream(data)
                account, region = kinesis._stream_record_scope(stream)
                with self._lock:
                    self._append((account, region, name), stream)
            return answer

        return put

    def _append(self, scope: Scope, stream: dict[str, Any]) -> None:
        news: list[Entry] = []
        for name, shard in stream["shards"].items():
            news += _entries((scope, name), shard, self._written.get((scope, name), ""))
        self._segments.append(news)
        self._written.update({entry.shard: entry.number for entry in news})
        if self._segments.newest_size >= SEGMENT_BYTES:
            try:
                self._segments.rotate()
                self._shrink()
            except OSError:
                # What arrived is on disk; the next record tries again.
                logger.exception("the journal goes on in the same file for now")

    def _shrink(self) -> None:
        """Drop records that are over, and then files of which no record is left."""
        for _scope, stream in kinesis._streams.all_items():
            kinesis._expire_records(stream)
        excess = self._segments.size - KEPT_BYTES
        for segment in self._segments.oldest:
            if excess > 0 and self._is_done(segment):
                for shard, last in segment.last.items():
                    _drop_up_to(shard, last)
                excess -= segment.size
            if not any(_holds(shard, last) for shard, last in segment.last.items()):
                self._segments.remove(segment)

    def _is_done(self, segment: Segment) -> bool:
        """Whether every mapping has done all of it; of a stream that has none, nobody knows."""
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


def _entries(place: Shard, shard: dict[str, Any], after: str) -> Iterator[Entry]:
    """The records of a shard after a sequence number; all numbers have the same length."""
    records = shard["records"]
    begin = len(records)
    while begin and records[begin - 1]["SequenceNumber"] > after:
        begin -= 1
    for record in records[begin:]:
        stored = {field: record[field] for field in FIELDS}
        line = json.dumps([*place[0], place[1], stored]) + "\n"
        yield Entry(place, record["SequenceNumber"], line)


def _records(shard: Shard) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    (account, region, stream_name), name = shard
    stream = kinesis._streams.get_scoped(account, region, stream_name)
    if stream is None or name not in stream["shards"]:
        return {}, []
    return stream, stream["shards"][name]["records"]


def _holds(shard: Shard, last: str) -> bool:
    """Whether a stream still has a record up to a sequence number."""
    _stream, records = _records(shard)
    return bool(records) and records[0]["SequenceNumber"] <= last


def _drop_up_to(shard: Shard, last: str) -> None:
    stream, records = _records(shard)
    count = sum(1 for record in records if record["SequenceNumber"] <= last)
    if count:
        streams.drop(stream, shard[1], count)


def _follows(number: str, shard: dict[str, Any]) -> bool:
    """Whether it is of this shard, not of an earlier stream by that name, and not there yet."""
    records = shard["records"]
    last = records[-1]["SequenceNumber"] if records else shard["starting_sequence_number"]
    return number > str(last)
