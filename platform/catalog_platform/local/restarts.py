"""What has gone wrong with the parts of a running embedded AWS, and what was done about it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from catalog_platform.local import privacy
from catalog_platform.local.layout import Layout


@dataclass(frozen=True, slots=True)
class Incident:
    """A part that ended by itself; `outcome` is `restarted` or says why it was not.

    `at` is RFC 3339 in UTC; `last_lines` is the end of the part's log.
    """

    at: str
    part: str
    pid: int
    outcome: str
    last_lines: str

    def as_text(self) -> str:
        """For people, with the last lines indented below."""
        head = f"{self.at}  {self.part} (pid {self.pid}) ended by itself: {self.outcome}"
        return "\n".join([head, *(f"    {line}" for line in self.last_lines.splitlines())])


def note(layout: Layout, part: str, pid: int, outcome: str, last_lines: str) -> None:
    """Append one; the list begins anew with each `up`. Raises `OSError`, with nothing written."""
    found = Incident(
        datetime.now(UTC).isoformat(timespec="seconds"), part, pid, outcome, last_lines
    )
    with privacy.append(layout.incidents) as file:
        before = file.tell()
        try:
            file.write(json.dumps(asdict(found)).encode() + b"\n")
            file.flush()
        except OSError:
            # Half a line would spoil the whole list.
            os.ftruncate(file.fileno(), before)
            raise


def read(layout: Layout) -> tuple[Incident, ...]:
    """All since the last `up`, oldest first."""
    try:
        lines = layout.incidents.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ()
    return tuple(Incident(**json.loads(line)) for line in lines)
