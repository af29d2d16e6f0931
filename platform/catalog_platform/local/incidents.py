"""Read the list of crashes of the embedded AWS, and of the restarts that followed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields

from catalog_platform.local.files import Files
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Incident:
    """A part that ended unexpectedly; `outcome` is the restart, or why there was none.

    `at` is RFC 3339 in UTC; `last_lines` is the end of the part's log.
    """

    at: str
    part: str
    pid: int
    outcome: str
    last_lines: str

    def as_text(self) -> str:
        """Return a line for people, with the last log lines indented below."""
        head = f"{self.at}  {self.part} (pid {self.pid}) ended unexpectedly: {self.outcome}"
        return "\n".join([head, *(f"    {line}" for line in self.last_lines.splitlines())])


def read(workspace: Workspace) -> tuple[Incident, ...]:
    """Return all incidents since the last start, oldest first; empty if they cannot be read."""
    try:
        text = Files.of(workspace).incidents.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    return tuple(_incidents(text.splitlines()))


def _incidents(lines: Iterable[str]) -> Iterator[Incident]:
    for line in lines:
        # A writer that was killed leaves an incomplete line.
        with contextlib.suppress(ValueError, TypeError, KeyError):
            stored = json.loads(line)
            yield Incident(**{field.name: stored[field.name] for field in fields(Incident)})
