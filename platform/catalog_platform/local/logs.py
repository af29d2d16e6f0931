"""Read the logs of servers and functions as lines prefixed with their source.

Servers write to files; functions write to CloudWatch Logs on the endpoint.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from catalog_platform.errors import UsageError
from catalog_platform.local import state
from catalog_platform.local.clients import client
from catalog_platform.local.files import Files
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace

POLL_SECONDS = 0.5
LAST_LINES = 200
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d")
# Lines that say nothing about a catalog: banners, which go on until the next line with a time, and
# a line for each file that the emulator loads when it starts.
BANNER = re.compile(r"INFO \[ministack\] *$")
NOISE = re.compile(r"Loaded persisted state|oO0OoO0OoO0Oo")
# Platform lines of the Lambda runtime, which are not shown.
_RUNTIME_LINES = ("START RequestId", "END RequestId", "REPORT RequestId")


def lines(
    workspace: Workspace,
    part: str | None = None,
    *,
    follow: bool = False,
    last: int = LAST_LINES,
    since: float | None = None,
) -> Iterator[str]:
    """Yield the `last` lines of all logs, or of one; with `follow`, keep yielding new lines.

    `part` is `aws`, `cache`, `postgres`, `functions`, or a text in the name of a function, such as
    `Processor`. Raises `UsageError` when no log has that name. `since` is a time in seconds since
    1970: lines before it are left out.
    """
    reader = _LogReader(workspace, since)
    if part is not None and not any(part.lower() in known.lower() for known in reader.parts()):
        raise UsageError(f"no log of {part!r}", hint="one of " + ", ".join(reader.parts()))
    yield from reader.new_lines(part, last=last)
    while follow:
        time.sleep(POLL_SECONDS)
        yield from reader.new_lines(part, last=None)


def without_noise(found: Iterable[str]) -> Iterator[str]:
    """Yield the lines without banners and without the emulator's messages about loaded files."""
    in_banner = False
    for line in found:
        if TIME.search(line):
            in_banner = BANNER.search(line) is not None
        if not in_banner and not NOISE.search(line):
            yield line


def since_time(found: list[str], since: float | None) -> list[str]:
    """Return the lines from the first one with a UTC time at or after `since`.

    Lines without a time belong to the line before them.
    """
    if since is None:
        return found
    for position, line in enumerate(found):
        moment = _moment(line)
        if moment is not None and moment >= since:
            return found[position:]
    return []


def _moment(line: str) -> float | None:
    """Return the time in a line of ministack, PostgreSQL or Valkey, without its milliseconds."""
    found = TIME.search(line)
    if found is None:
        return None
    form = "%Y-%m-%d %H:%M:%S" if found[0][4] == "-" else "%d %b %Y %H:%M:%S"
    with contextlib.suppress(ValueError):
        return datetime.strptime(found[0], form).replace(tzinfo=UTC).timestamp()
    return None


def _last(found: list[str], count: int | None) -> list[str]:
    """Return the last `count` lines; None means all."""
    return found if count is None else found[max(0, len(found) - count) :]


class _LogReader:
    """Remembers how far each log has been read."""

    def __init__(self, workspace: Workspace, since: float | None) -> None:
        self._workspace = workspace
        self._folder = Files.of(workspace).logs
        self._read: dict[Path, int] = {}
        self._seen: Counter[tuple[Any, ...]] = Counter()
        self._first = since
        self._since = int((since or 0) * 1000)

    def parts(self) -> list[str]:
        return sorted({path.stem for path in self._files()} | {"functions", *self._names()})

    def new_lines(self, part: str | None, last: int | None) -> Iterator[str]:
        for path in self._files():
            if part in (None, path.stem):
                found = list(without_noise(self._tail(path)))
                for line in _last(since_time(found, self._first), last):
                    yield f"{path.stem:>10} | {line}"
        if part not in {path.stem for path in self._files()}:
            name = "" if part in (None, "functions") else part or ""
            yield from _last(list(self._functions(name.lower())), last)
        # What is written from now on is new, with or without a time.
        self._first = None

    def _names(self) -> set[str]:
        """Return the names of the functions that have a log."""
        running = state.read(self._workspace)
        if running is None:
            return set()
        pages = client(running, "logs").get_paginator("describe_log_groups").paginate()
        return {
            group["logGroupName"].rpartition("/")[2]
            for page in pages
            for group in page["logGroups"]
        }

    def _files(self) -> list[Path]:
        return sorted(self._folder.glob("*.log"))

    def _tail(self, path: Path) -> list[str]:
        begin = self._read.get(path, 0)
        if path.stat().st_size < begin:
            # The file was recreated by a restart.
            begin = 0
        with path.open("rb") as file:
            file.seek(begin)
            complete, _, _half = file.read().rpartition(b"\n")
        self._read[path] = begin + len(complete) + bool(complete)
        return complete.decode("utf-8", "replace").splitlines()

    def _functions(self, name: str) -> Iterator[str]:
        running = state.read(self._workspace)
        if running is None:
            return
        events = sorted(self._events(running), key=lambda event: int(event["timestamp"]))
        for event in events:
            self._since = max(self._since, int(event["timestamp"]))
            function, message = event["function"], event["message"].rstrip()
            # Metrics are in the log too, in the embedded metric format.
            if message.startswith(_RUNTIME_LINES) or '"_aws"' in message:
                continue
            if name in function.lower():
                yield f"{function:>10} | {message}"

    def _events(self, running: Embedded) -> Iterator[dict[str, Any]]:
        api = client(running, "logs")
        read: Counter[tuple[Any, ...]] = Counter()
        for group in api.get_paginator("describe_log_groups").paginate():
            for name in (entry["logGroupName"] for entry in group["logGroups"]):
                pages = api.get_paginator("filter_log_events").paginate(
                    logGroupName=name, startTime=self._since
                )
                for event in (event for page in pages for event in page["events"]):
                    key = (name, event["logStreamName"], event["timestamp"], event["message"])
                    read[key] += 1
                    if read[key] > self._seen[key]:
                        yield {**event, "function": name.rpartition("/")[2]}
        # The next query includes the latest timestamp again: it may get more events.
        self._seen = read
