"""The files of the journal: one is appended to, and a file goes as a whole when nobody needs it.

`records.jsonl` is the first, `records.1.jsonl` the next. Whatever was dropped from a file's middle
stays in it, so that nothing is written twice while records arrive.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from catalog_platform.local import privacy

logger = logging.getLogger("journal")

Scope = tuple[str, str, str]
Shard = tuple[Scope, str]


class Entry(NamedTuple):
    """A line of the journal, with its place and its sequence number."""

    shard: Shard
    number: str
    line: str


@dataclass(slots=True)
class Segment:
    """One file: its size in bytes, and the last sequence number in it of each shard."""

    number: int
    path: Path
    size: int = 0
    last: dict[Shard, str] = field(default_factory=dict)


class Segments:
    """The files of one journal, oldest first; `first` is the path of the first."""

    def __init__(self, first: Path) -> None:
        self._first = first
        self._held: list[Segment] = []
        self._descriptor: int | None = None

    @property
    def size(self) -> int:
        """Bytes in all files."""
        return sum(segment.size for segment in self._held)

    @property
    def oldest(self) -> list[Segment]:
        """Those that are not written to any more, oldest first."""
        return self._held[:-1]

    @property
    def newest_size(self) -> int:
        """Bytes in the file that is written to."""
        return self._held[-1].size if self._held else 0

    def lines(self) -> Iterator[list[Any]]:
        """Whole lines of all files: a kill may have cut one, which nobody was told about."""
        for path in self._paths():
            with path.open(encoding="utf-8", errors="replace") as file:
                for line in file:
                    try:
                        if line.endswith("\n"):
                            yield json.loads(line)
                    except ValueError:
                        logger.warning("%s: a line is no record", path)

    def append(self, entries: Sequence[Entry]) -> None:
        """Hand lines to the system, all or none. Raises `OSError`."""
        if self._descriptor is None:
            self._open()
        assert self._descriptor is not None  # noqa: S101 - opened above
        segment, left = self._held[-1], "".join(entry.line for entry in entries).encode()
        size = segment.size + len(left)
        try:
            while left:
                left = left[os.write(self._descriptor, left) :]
        except OSError:
            # Half a line would spoil the next one.
            os.ftruncate(self._descriptor, segment.size)
            raise
        segment.size = size
        segment.last.update({entry.shard: entry.number for entry in entries})

    def rotate(self) -> None:
        """Append to a new file from now on. Raises `OSError`, and then the old one goes on."""
        before, self._descriptor = self._descriptor, None
        try:
            self._open()
        except OSError:
            self._descriptor = before
            raise
        if before is not None:
            os.close(before)

    def replace(self, write: Callable[[TextIO, Segment], None]) -> None:
        """Put what `write` writes in the place of all files, in one step. Raises `OSError`."""
        draft = self._first.with_name(f"{self._first.name}.draft")
        whole = Segment(0, self._first)
        try:
            with open(draft, "w", encoding="utf-8", opener=privacy.opener) as file:
                write(file, whole)
            whole.size = draft.stat().st_size
            self._close()
            draft.replace(self._first)
        finally:
            draft.unlink(missing_ok=True)
        # What is older than the new first file is in it, or was dropped.
        for path in self._paths():
            if path != self._first:
                path.unlink()
        self._held = [whole]

    def remove(self, segment: Segment) -> None:
        """Delete a file that is not written to any more."""
        segment.path.unlink(missing_ok=True)
        self._held.remove(segment)

    def _close(self) -> None:
        """Close the file that is written to; the next `append` opens another."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> None:
        numbers = [_number(path) for path in self._paths()]
        number = max((*numbers, *(segment.number for segment in self._held)), default=-1) + 1
        path = self._first if number == 0 else self._first.with_suffix(f".{number}.jsonl")
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        self._descriptor = privacy.opener(str(path), flags)
        self._held.append(Segment(number, path))

    def _paths(self) -> list[Path]:
        found = self._first.parent.glob(f"{self._first.stem}*.jsonl")
        return sorted(found, key=_number)


def _number(path: Path) -> int:
    """Of a file by its name; 0 of the first."""
    return int(path.stem.partition(".")[2] or 0)
