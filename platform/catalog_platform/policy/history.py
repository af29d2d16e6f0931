"""The file with one record per scan, from which a report shows the trend.

One JSON document per line (https://jsonlines.org), so a damaged line costs only its own record.
"""

from __future__ import annotations

import contextlib
import datetime
import errno
import fcntl
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from catalog_platform.errors import PlatformError
from catalog_platform.policy.check_counts import totals
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.scan_model import Severity
from catalog_platform.policy.severity import PolicySeverity

Number = Annotated[int, Meta(ge=0)]


class RecordedEnvironment(Struct, frozen=True, kw_only=True):
    """The counts of an environment; `failed` has those of each severity that failed."""

    passed: Number
    waived: Number
    problems: Number
    failed: dict[Severity, Number]

    @property
    def failures(self) -> int:
        """Return how many policies failed, with the problems."""
        return self.problems + sum(self.failed.values())


class ScanRecord(Struct, frozen=True, kw_only=True):
    """A scan: when it was, of which commit (empty if unknown), and its counts."""

    schema_version: Literal[1] = 1
    time: Annotated[datetime.datetime, Meta(tz=True)]
    commit: str
    environments: dict[str, RecordedEnvironment]


@dataclass(frozen=True, slots=True)
class History:
    """The records of a file by time, and the numbers of its lines that are damaged."""

    records: tuple[ScanRecord, ...] = ()
    damaged: tuple[int, ...] = ()


def record_of(result: ScanResult, time: datetime.datetime, commit: str) -> ScanRecord:
    """Return the record of a scan."""
    by_severity = totals(result.checks, lambda each: (each.environment, each.severity))
    return ScanRecord(
        time=time,
        commit=commit,
        environments={
            name: RecordedEnvironment(
                passed=counts.passed,
                waived=counts.waived,
                problems=sum(each.environment == name for each in result.problems),
                failed={
                    severity.value: found.failed
                    for severity in PolicySeverity
                    if (found := by_severity.get((name, severity))) and found.failed
                },
            )
            for name, counts in result.counts.items()
        },
    )


def append(path: Path, record: ScanRecord) -> History:
    """Append a record in one write, under a lock, and return what the file has then.

    The file is created if it does not exist. If the last line has no end, the record starts a new
    line. Raises `PlatformError` when the file cannot be read or written; it is then unchanged.
    """
    line = msgspec.json.encode(record) + b"\n"
    try:
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            before = file.readall()
            start = b"" if before.endswith(b"\n") or not before else b"\n"
            _write(file, start + line, len(before))
    except OSError as error:
        raise PlatformError(
            f"{path}: cannot be extended: {error.strerror or error}",
            hint="name a file in a writable folder with free space",
        ) from error
    return _read(before + start + line)


def _write(file: io.FileIO, content: bytes, size: int) -> None:
    """Write all of the content, or nothing: the file then has its earlier size."""
    try:
        if file.write(content) != len(content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            file.truncate(size)
        raise


def _read(content: bytes) -> History:
    records: list[ScanRecord] = []
    damaged = []
    for number, line in _lines(content):
        try:
            records.append(msgspec.json.decode(line, type=ScanRecord))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            damaged.append(number)
    return History(tuple(sorted(records, key=lambda each: each.time)), tuple(damaged))


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            yield number, line
