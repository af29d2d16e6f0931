"""Watch the parts of one embedded AWS: `python -m embedded_aws supervise`.

A part that ends unexpectedly is restarted on its port with its data, and recorded as an incident.
If a part ends repeatedly, all parts are stopped. If the owning process ends, all parts are stopped
and their data is removed. While the disk is full, restarts wait until there is space.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
import traceback
from collections import deque

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.servers import cleanup, disk, incidents, lock, processes, state
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.processes import Process
from embedded_aws.servers.startup import Restarter, end_parts
from embedded_aws.servers.state import SUPERVISOR, Embedded, Part

POLL_SECONDS = 0.2
RESTARTS = 3
WITHIN_SECONDS = 60.0
# Delay after a failed check; the next one may fail for the same reason.
PAUSE_SECONDS = 0.5
MAXIMUM_PENDING = 100


def start(layout: Layout, programs: str, owner: Process | None) -> Part:
    """Start the supervisor of a folder, with an optional owner; `programs` is functions' PATH.

    Raises `ProgramError` when it cannot be started.
    """
    log = layout.log(SUPERVISOR)
    process = processes.spawn(
        [
            *(sys.executable, "-m", "embedded_aws", "supervise", layout.home),
            *("--functions-path", programs),
            *(("--owner", str(owner.pid), "--owner-started", owner.started) if owner else ()),
        ],
        log=log,
        environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"},
        cwd=layout.home,
        run=layout.run,
    )
    return Part(SUPERVISOR, process, 0, log)


class Supervisor:
    """Restarts parts, counts their crashes, and records incidents."""

    def __init__(self, layout: Layout, restarter: Restarter, owner: Process | None) -> None:
        self._layout = layout
        self._owner = owner
        self._restarter = restarter
        self._restarts: dict[str, deque[float]] = {}
        self._pending_incidents: deque[tuple[Part, str, str]] = deque(maxlen=MAXIMUM_PENDING)
        self._logged = ""
        self._waited_seconds = 0.0

    def run(self) -> None:
        """Watch until the record is removed or names another supervisor."""
        while self._layout.state.exists():
            try:
                if not self._check():
                    return
            except Exception as error:
                # A full disk, for example. The supervisor must go on: nothing else restarts parts.
                self._log(error)
                time.sleep(PAUSE_SECONDS)
            time.sleep(POLL_SECONDS)

    def _check(self) -> bool:
        """Check all parts once; return False when there is nothing left to watch."""
        with lock.attempted(self._layout) as ours:
            # Another command is starting or stopping parts: these are no crashes.
            found = state.recorded(self._layout) if ours else None
            if found is None:
                return True
            if found.pids.get(SUPERVISOR) != os.getpid():
                return False
            if self._owner and not processes.alive(self._owner):
                self._stop(found)
                cleanup.remove_all(self._layout)
                return False
            self._write_pending()
            return self._restart_ended(found)

    def _restart_ended(self, found: Embedded) -> bool:
        """Restart ended parts; return False when everything was stopped instead."""
        for part in found.parts:
            if processes.alive(part.process) or part.name == SUPERVISOR:
                continue
            if not self._is_recorded(part):
                continue
            if disk.is_full(self._layout.home):
                # It cannot run without disk space; `local status` reports that.
                raise EmbeddedAwsError(
                    f"{part.name} has ended and cannot be restarted: the disk is full"
                )
            if not self._restart(found, part):
                return False
        return True

    def _restart(self, found: Embedded, part: Part) -> bool:
        """Restart a part; return False when it ended too often and everything was stopped.

        Raises errors of a full disk: they are temporary and not counted as crashes of the part.
        """
        last_lines = processes.last_lines(part.log)
        if self._ends_too_often(part):
            times = f"{part.name} has ended {RESTARTS + 1} times within {WITHIN_SECONDS:g} s"
            self._add_incident(part, f"not restarted, all parts were stopped: {times}", last_lines)
            self._stop(found)
            return False
        started_at = time.monotonic()
        try:
            process = self._restarter.restart(part)
        except (EmbeddedAwsError, OSError) as error:
            if disk.is_disk_full_error(error) or disk.is_full(self._layout.home):
                self._restarts.pop(part.name, None)
                raise
            # It has ended again, which counts as another crash.
            self._waited_seconds += time.monotonic() - started_at
            reason = error.message if isinstance(error, EmbeddedAwsError) else error
            self._add_incident(part, f"not restarted yet: {reason}", last_lines)
        else:
            self._add_incident(part, f"restarted as pid {process.pid}", last_lines)
        return True

    def _is_recorded(self, part: Part) -> bool:
        """Return whether the part is still recorded: a deliberate stop removes the record first."""
        found = state.recorded(self._layout)
        return found is not None and part in found.parts

    def _ends_too_often(self, part: Part) -> bool:
        """Count a crash; time spent waiting for restarts does not count."""
        recent = self._restarts.setdefault(part.name, deque(maxlen=RESTARTS))
        now = self._clock()
        if len(recent) == RESTARTS and now - recent[0] < WITHIN_SECONDS:
            return True
        recent.append(now)
        return False

    def _clock(self) -> float:
        return time.monotonic() - self._waited_seconds

    def _add_incident(self, part: Part, outcome: str, last_lines: str) -> None:
        lines = last_lines or processes.last_lines(part.log)
        self._pending_incidents.append((part, outcome, lines))
        with contextlib.suppress(OSError):
            self._write_pending()

    def _write_pending(self) -> None:
        """Write pending incidents; those that fail on a full disk are retried in the next round."""
        while self._pending_incidents:
            part, outcome, lines = self._pending_incidents[0]
            incidents.append(self._layout, part.name, part.pid, outcome, lines)
            self._pending_incidents.popleft()

    def _log(self, error: Exception) -> None:
        """Log an error, once until it changes."""
        if repr(error) != self._logged:
            # The log may be on the full disk as well.
            with contextlib.suppress(OSError):
                traceback.print_exception(error)
                sys.stderr.flush()
            self._logged = repr(error)

    def _stop(self, found: Embedded) -> None:
        others = [part for part in found.parts if part.name != SUPERVISOR]
        end_parts(others)
        self._layout.run.kill()
        state.remove(self._layout)
