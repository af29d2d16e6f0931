"""Watches the parts of one embedded AWS: `python -m … ROOT [PID STARTED]`.

A part that ends by itself is started again on its port, with its data; what happened is noted with
the last lines of its log. A part that keeps ending takes all of them down, cleanly. So does the end
of the process that owns them, if one does; their data goes as well then. A full disk stops none of
this: what has ended is started again when there is room.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from collections import deque
from pathlib import Path

import catalog_platform
from catalog_platform.errors import PlatformError
from catalog_platform.local import cleanup, disk, lock, privacy, processes, restarts, state
from catalog_platform.local.layout import Layout
from catalog_platform.local.processes import Process
from catalog_platform.local.startup import Restarter, end_parts
from catalog_platform.local.state import SUPERVISOR, Embedded, Part
from catalog_platform.workspace import Toolchain, Workspace

POLL_SECONDS = 0.2
RESTARTS = 3
WITHIN_SECONDS = 60.0
# After a round that failed; the next one may fail for the same reason.
PAUSE_SECONDS = 0.5
UNWRITTEN = 100


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
        generation=layout.generation,
    )
    return Part(SUPERVISOR, process, 0, log)


class Supervisor:
    """What has been restarted when, and what could not be noted yet."""

    def __init__(self, workspace: Workspace, revival: Restarter, owner: Process | None) -> None:
        self._workspace = workspace
        self._owner = owner
        self._layout = Layout.of(workspace)
        self._revival = revival
        self._restarts: dict[str, deque[float]] = {}
        self._unwritten: deque[tuple[Part, str, str]] = deque(maxlen=UNWRITTEN)
        self._logged = ""
        self._waited = 0.0

    def run(self) -> None:
        """Watch until nothing is recorded as running any more, or another supervisor is."""
        while self._layout.state.exists():
            try:
                if not self._round():
                    return
            except Exception as error:
                # A full disk, say. Nobody else would restart what dies from now on.
                self._log(error)
                time.sleep(PAUSE_SECONDS)
            time.sleep(POLL_SECONDS)

    def _round(self) -> bool:
        """Look once; False when there is nothing to watch any more."""
        with lock.attempted(self._layout) as ours:
            # Somebody else starts or stops: what they do is no accident.
            found = state.recorded(self._workspace) if ours else None
            if found is None:
                return True
            if found.pids.get(SUPERVISOR) != processes.current().pid:
                return False
            if self._owner and not processes.alive(self._owner):
                self._stop(found)
                cleanup.dispose(self._layout)
                return False
            self._write_notes()
            return self._look_after(found)

    def _look_after(self, found: Embedded) -> bool:
        """Restart what has ended; False when everything was stopped instead."""
        for part in found.parts:
            if processes.alive(part.process) or part.name == SUPERVISOR:
                continue
            if not self._still_wanted(part):
                continue
            if disk.is_full(self._layout.home):
                # It cannot live before there is room; `local status` says so meanwhile.
                raise PlatformError(f"{part.name} has ended, and the disk is full")
            if not self._restart(found, part):
                return False
        return True

    def _restart(self, found: Embedded, part: Part) -> bool:
        """Restart one; False when it ends too often, and everything was stopped instead.

        Raises what a full disk causes: that is no fault of the part, and passes.
        """
        last_lines = processes.last_lines(part.log)
        if self._ends_too_often(part):
            times = f"{part.name} has ended {RESTARTS + 1} times within {WITHIN_SECONDS:g} s"
            self._note(part, f"not restarted, everything was stopped: {times}", last_lines)
            self._stop(found)
            return False
        begun = time.monotonic()
        try:
            process = self._revival.restart(part)
        except (PlatformError, OSError) as error:
            if disk.says_full(error) or disk.is_full(self._layout.home):
                self._restarts.pop(part.name, None)
                raise
            # Killed once more, perhaps: that is one more time of ending.
            self._waited += time.monotonic() - begun
            reason = error.message if isinstance(error, PlatformError) else error
            self._note(part, f"not restarted yet: {reason}", last_lines)
        else:
            self._note(part, f"restarted as pid {process.pid}", last_lines)
        return True

    def _still_wanted(self, part: Part) -> bool:
        """Whether it is recorded even now: what is ended on purpose is struck off before."""
        found = state.recorded(self._workspace)
        return found is not None and part in found.parts

    def _ends_too_often(self, part: Part) -> bool:
        """Count one more time; time that passes while a restart is waited for does not count."""
        recent = self._restarts.setdefault(part.name, deque(maxlen=RESTARTS))
        now = self._clock()
        if len(recent) == RESTARTS and now - recent[0] < WITHIN_SECONDS:
            return True
        recent.append(now)
        return False

    def _clock(self) -> float:
        return time.monotonic() - self._waited

    def _note(self, part: Part, outcome: str, last_lines: str) -> None:
        lines = last_lines or processes.last_lines(part.log)
        self._unwritten.append((part, outcome, lines))
        with contextlib.suppress(OSError):
            self._write_notes()

    def _write_notes(self) -> None:
        """Write what is to be noted; what a full disk does not take, waits for the next round."""
        while self._unwritten:
            part, outcome, lines = self._unwritten[0]
            restarts.note(self._layout, part.name, part.pid, outcome, lines)
            self._unwritten.popleft()

    def _log(self, error: Exception) -> None:
        """Write an error to the log, once as long as it stays the same."""
        if repr(error) != self._logged:
            # The log may be on the full disk.
            with contextlib.suppress(OSError):
                traceback.print_exception(error)
                sys.stderr.flush()
            self._logged = repr(error)

    def _stop(self, found: Embedded) -> None:
        others = [part for part in found.parts if part.name != SUPERVISOR]
        end_parts(others)
        self._layout.generation.kill()
        state.remove(self._workspace)


def main() -> None:
    """Watch the workspace that is named on the command line, and its owner."""
    os.umask(privacy.UMASK)
    root, *owner = sys.argv[1:]
    workspace = Workspace(Path(root))
    revival = Restarter(workspace, Toolchain.installed())
    Supervisor(workspace, revival, Process(int(owner[0]), owner[1]) if owner else None).run()


if __name__ == "__main__":
    main()
