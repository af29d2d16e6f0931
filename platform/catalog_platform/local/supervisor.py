"""Watches the parts of one embedded AWS: `python -m … ROOT [PID STARTED]`.

A part that ends by itself is started again on its port, with its data; what happened is noted with
the last lines of its log. A part that keeps ending takes all of them down, cleanly. So does the end
of the process that owns them, if one does; their data goes as well then.
"""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from dataclasses import replace
from pathlib import Path

import catalog_platform
from catalog_platform.errors import PlatformError
from catalog_platform.local import disposal, incidents, lock, privacy, processes, state
from catalog_platform.local.layout import Layout
from catalog_platform.local.processes import Process
from catalog_platform.local.startup import Revival, end_parts
from catalog_platform.local.state import SUPERVISOR, Embedded, Part
from catalog_platform.workspace import Toolchain, Workspace

POLL_SECONDS = 0.2
RESTARTS = 3
WITHIN_SECONDS = 60.0


def start(workspace: Workspace, owner: Process | None) -> Part:
    """Start one for a workspace and its owner, if any. Raises `ToolError` when it cannot."""
    layout = Layout.of(workspace)
    log = layout.log(SUPERVISOR)
    process = processes.spawn(
        [
            *(sys.executable, "-m", __name__, workspace.root),
            *((str(owner.pid), owner.started) if owner else ()),
        ],
        log=log,
        environment={
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": str(Path(catalog_platform.__file__).parent.parent),
        },
        cwd=layout.home,
    )
    return Part(SUPERVISOR, process, 0, log)


class Supervisor:
    """What has been restarted when."""

    def __init__(self, workspace: Workspace, revival: Revival, owner: Process | None) -> None:
        self._workspace = workspace
        self._owner = owner
        self._layout = Layout.of(workspace)
        self._revival = revival
        self._restarts: dict[str, deque[float]] = {}

    def run(self) -> None:
        """Watch until nothing is recorded as running any more."""
        while state.recorded(self._workspace) is not None:
            with lock.attempted(self._layout) as ours:
                # Somebody else starts or stops: what they do is no accident.
                found = state.recorded(self._workspace) if ours else None
                if found is not None and self._owner and not processes.alive(self._owner):
                    self._stop(found)
                    disposal.dispose(self._layout)
                    return
                if found is not None and not self._look_after(found):
                    return
            time.sleep(POLL_SECONDS)

    def _look_after(self, found: Embedded) -> bool:
        """Restart what has ended; False when everything was stopped instead."""
        for part in found.parts:
            if processes.alive(part.process) or part.name == SUPERVISOR:
                continue
            if not self._still_wanted(part):
                continue
            last_lines = processes.last_lines(part.log)
            try:
                self._count(part)
                process = self._revival.restart(part)
            except PlatformError as error:
                self._note(part, f"not restarted, everything was stopped: {error.message}", "")
                self._stop(found)
                return False
            self._record(part, process)
            self._note(part, f"restarted as pid {process.pid}", last_lines)
        return True

    def _still_wanted(self, part: Part) -> bool:
        """Whether it is recorded even now: what is ended on purpose is struck off before."""
        found = state.recorded(self._workspace)
        return found is not None and part in found.parts

    def _count(self, part: Part) -> None:
        recent = self._restarts.setdefault(part.name, deque(maxlen=RESTARTS))
        now = time.monotonic()
        if len(recent) == RESTARTS and now - recent[0] < WITHIN_SECONDS:
            raise PlatformError(
                f"{part.name} has ended {RESTARTS + 1} times within {WITHIN_SECONDS:g} s"
            )
        recent.append(now)

    def _note(self, part: Part, outcome: str, last_lines: str) -> None:
        lines = last_lines or processes.last_lines(part.log)
        incidents.note(self._layout, part.name, part.pid, outcome, lines)

    def _record(self, part: Part, process: Process) -> None:
        found = state.recorded(self._workspace)
        if found is not None:
            parts = tuple(
                replace(each, process=process) if each.name == part.name else each
                for each in found.parts
            )
            state.write_all(self._workspace, replace(found, parts=parts))

    def _stop(self, found: Embedded) -> None:
        others = [part for part in found.parts if part.name != SUPERVISOR]
        end_parts(others)
        state.remove(self._workspace)


def main() -> None:
    """Watch the workspace that is named on the command line, and its owner."""
    os.umask(privacy.UMASK)
    root, *owner = sys.argv[1:]
    workspace = Workspace(Path(root))
    revival = Revival(workspace, Toolchain.installed())
    Supervisor(workspace, revival, Process(int(owner[0]), owner[1]) if owner else None).run()


if __name__ == "__main__":
    main()
