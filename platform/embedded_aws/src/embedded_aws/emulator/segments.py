"""The log files of `kinesis_log`: the newest is appended to; old ones are deleted as a whole.

`records.jsonl` is the first, `records.1.jsonl` the next. Records that were removed from memory stay
in their file until it is deleted, so that no file is rewritten while records arrive.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from embedded_aws.servers import privacy

logger = logging.getLogger("kinesis-log")

Scope = tuple[str, str, str]
Shard = tuple[Scope, str]


class Entry(NamedTuple):
    """A line of the log with its shard and its sequence number."""

    shard: Shard
    number: str
    line: str


@dataclass(slots=True)
class Segment:
    """A file with its size in bytes and its last sequence number per shard."""

    number: int
    path: Path
    size: int = 0
    last: dict[Shard, str] = field(default_factory=dict)


class Segments:
    """All files of a log, oldest first; `first` is the path of the first."""

    def __init__(self, first: Path) -> None:
        self._first = first
        self._segments: list[Segment] = []
        self._descriptor: int | None = None

    @property
    def size(self) -> int:
        """Return the size of all files in bytes."""
        return sum(segment.size for segment in self._segments)

    @property
    def oldest(self) -> list[Segment]:
        """Return all files but the current one, oldest first."""
        return self._segments[:-1]

    @property
    def newest_size(self) -> int:
        """Return the size of the current file in bytes."""
        return self._segments[-1].size if self._segments else 0

    def lines(self) -> Iterator[list[Any]]:
        """Yield complete lines; a line that a kill cut off was never acknowledged."""
        for path in self._paths():
            with path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        if line.endswith("\n"):
                            yield json.loads(line)
                    except ValueError:
                        logger.warning("%s: skipping an invalid line", path)

    def append(self, entries: Sequence[Entry]) -> None:
        """Write all lines or none. Raises `OSError`."""
        if self._descriptor is None:
            self._open()
        assert self._descriptor is not None  # noqa: S101 - opened above
        segment, unwritten = self._segments[-1], "".join(entry.line for entry in entries).encode()
        size = segment.size + len(unwritten)
        try:
            while unwritten:
                unwritten = unwritten[os.write(self._descriptor, unwritten) :]
        except OSError:
            # A partial line would corrupt the next one.
            os.ftruncate(self._descriptor, segment.size)
            raise
        segment.size = size
        segment.last.update({entry.shard: entry.number for entry in entries})

    def rotate(self) -> None:
        """Append to a new file from now on. Raises `OSError` and keeps the current file."""
        before, self._descriptor = self._descriptor, None
        try:
            self._open()
        except OSError:
            self._descriptor = before
            raise
        if before is not None:
            os.close(before)

    def replace(self, write: Callable[[TextIO, Segment], None]) -> None:
        """Atomically replace all files with the output of `write`. Raises `OSError`."""
        draft = self._first.with_name(f"{self._first.name}.draft")
        merged = Segment(0, self._first)
        try:
            with open(draft, "w", encoding="utf-8", opener=privacy.opener) as file:
                write(file, merged)
            merged.size = draft.stat().st_size
            self._close()
            draft.replace(self._first)
        finally:
            draft.unlink(missing_ok=True)
        # The new first file has all records of the older files that were kept.
        for path in self._paths():
            if path != self._first:
                path.unlink()
        self._segments = [merged]

    def remove(self, segment: Segment) -> None:
        """Delete a file that is no longer appended to."""
        segment.path.unlink(missing_ok=True)
        self._segments.remove(segment)

    def _close(self) -> None:
        """Close the current file; the next `append` opens a new one."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> None:
        numbers = [_number(path) for path in self._paths()]
        number = max((*numbers, *(segment.number for segment in self._segments)), default=-1) + 1
        path = self._first if number == 0 else self._first.with_suffix(f".{number}.jsonl")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = privacy.opener(str(path), flags)
        self._segments.append(Segment(number, path))

    def _paths(self) -> list[Path]:
        found = self._first.parent.glob(f"{self._first.stem}*.jsonl")
        return sorted(found, key=_number)


def _number(path: Path) -> int:
    """Return the number in a file's name; 0 for the first file."""
    return int(path.stem.partition(".")[2] or 0)
