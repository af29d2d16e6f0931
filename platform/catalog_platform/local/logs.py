"""Read the logs of servers and functions as lines prefixed with their source.

Servers write to files; functions write to CloudWatch Logs on the endpoint.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
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
# Platform lines of the Lambda runtime, which are not shown.
_RUNTIME_LINES = ("START RequestId", "END RequestId", "REPORT RequestId")


def lines(workspace: Workspace, part: str | None = None, *, follow: bool = False) -> Iterator[str]:
    """Yield the last lines of all logs, or of one; with `follow`, keep yielding new lines.

    `part` is `aws`, `cache`, `postgres` or `functions`. Raises `UsageError` for any other value.
    """
    reader = _LogReader(workspace)
    if part is not None and part not in reader.parts():
        raise UsageError(f"no log of {part!r}", hint="one of " + ", ".join(reader.parts()))
    yield from reader.new_lines(part, last=LAST_LINES)
    while follow:
        time.sleep(POLL_SECONDS)
        yield from reader.new_lines(part, last=None)


class _LogReader:
    """Remembers how far each log has been read."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._folder = Files.of(workspace).logs
        self._read: dict[Path, int] = {}
        self._seen: Counter[tuple[Any, ...]] = Counter()
        self._since = 0

    def parts(self) -> list[str]:
        return sorted({path.stem for path in self._files()} | {"functions"})

    def new_lines(self, part: str | None, last: int | None) -> Iterator[str]:
        for path in self._files():
            if part in (None, path.stem):
                for line in self._tail(path)[-(last or 0) :]:
                    yield f"{path.stem:>10} | {line}"
        if part in (None, "functions"):
            found = list(self._functions())
            yield from found[-(last or 0) :]

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

    def _functions(self) -> Iterator[str]:
        running = state.read(self._workspace)
        if running is None:
            return
        events = sorted(self._events(running), key=lambda event: int(event["timestamp"]))
        for event in events:
            self._since = max(self._since, int(event["timestamp"]))
            if not event["message"].startswith(_RUNTIME_LINES):
                yield f"{event['function']:>10} | {event['message'].rstrip()}"

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
