"""The list of crashes of a running embedded AWS, and of the restarts that followed; the README
documents its file.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from embedded_aws.servers import privacy
from embedded_aws.servers.layout import Layout


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


def append(layout: Layout, part: str, pid: int, outcome: str, last_lines: str) -> None:
    """Append an incident. Raises `OSError` and leaves the file as it was when it cannot be
    written.
    """
    found = Incident(
        datetime.now(UTC).isoformat(timespec="seconds"), part, pid, outcome, last_lines
    )
    with privacy.append(layout.incidents) as file:
        before = file.tell()
        try:
            file.write(json.dumps(asdict(found)).encode() + b"\n")
            file.flush()
        except OSError:
            # A partial line would make the list unreadable.
            os.ftruncate(file.fileno(), before)
            raise
