"""Records of Kinesis streams on disk before the producer is told that they arrived.

The emulator keeps them in memory and stores them when it is stopped. Here they go to an append-only
file instead, one line each, so that an acknowledged record survives a kill of the emulator; its
own state holds streams and shards only.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TextIO

from ministack.services import kinesis

Answer = tuple[int, dict[str, str], Any]
Scope = tuple[str, str, str]
FIELDS = ("SequenceNumber", "ApproximateArrivalTimestamp", "Data", "PartitionKey")


class Journal:
    """The file, and how far each shard has been written to it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._written: dict[tuple[Scope, str], str] = {}
        self._file: TextIO | None = None

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
            for *place, shard, record in _lines(self._path):
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
        """Write what the streams hold now, in one step, in the place of all that was appended."""
        with self._lock:
            self._close()
            draft = self._path.with_name(f"{self._path.name}.draft")
            self._written = {}
            with draft.open("w", encoding="utf-8") as file:
                for scope, stream in kinesis._streams.all_items():
                    kinesis._expire_records(stream)
                    self._append(file, scope, stream)
            draft.replace(self._path)

    def _journalled(self, stock: Callable[[dict[str, Any]], Answer]) -> Any:
        def put(data: dict[str, Any]) -> Answer:
            answer = stock(data)
            if answer[0] < 400:
                name, stream = kinesis._resolve_stream(data)
                account, region = kinesis._stream_record_scope(stream)
                with self._lock:
                    if self._file is None:
                        self._file = self._path.open("a", encoding="utf-8")
                    self._append(self._file, (account, region, name), stream)
                    self._file.flush()
            return answer

        return put

    def _append(self, file: TextIO, scope: Scope, stream: dict[str, Any]) -> None:
        for name, shard in stream["shards"].items():
            last = self._written.get((scope, name), "")
            news = list(_after(shard["records"], last))
            for record in reversed(news):
                stored = {field: record[field] for field in FIELDS}
                file.write(json.dumps([*scope, name, stored]) + "\n")
            if news:
                self._written[scope, name] = news[0]["SequenceNumber"]

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _without_records(self, _stock: Callable[[], Any]) -> Callable[[], Any]:
        def state() -> Any:
            streams = type(kinesis._streams)()
            streams._data = {
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
                "streams": copy.deepcopy(streams),
                "shard_iterators": copy.deepcopy(kinesis._shard_iterators),
                "consumers": copy.deepcopy(kinesis._consumers),
                "resource_policies": copy.deepcopy(kinesis._resource_policies),
            }

        return state


def _after(records: list[dict[str, Any]], last: str) -> Iterator[dict[str, Any]]:
    """Newest first, those that follow a sequence number; all have the same length."""
    for record in reversed(records):
        if record["SequenceNumber"] <= last:
            return
        yield record


def _follows(number: str, shard: dict[str, Any]) -> bool:
    """Whether it is of this shard, not of an earlier stream by that name, and not there yet."""
    records = shard["records"]
    last = records[-1]["SequenceNumber"] if records else shard["starting_sequence_number"]
    return number > str(last)


def _lines(path: Path) -> Iterator[list[Any]]:
    """Whole lines only: a kill may have cut the last one, which nobody was told about."""
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for line in file:
                if line.endswith("\n"):
                    yield json.loads(line)
