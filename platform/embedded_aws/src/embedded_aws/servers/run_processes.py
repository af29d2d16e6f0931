"""The processes of one run of the embedded AWS, and the lock on its data.

Each process has a marker in its environment, by which it is found even if it is not recorded. It
also holds a shared lock on the data folder, which the kernel releases when the process ends. The
next run starts only when no process holds that lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from embedded_aws.errors import EmbeddedAwsError

# The name of earlier versions, so that their processes are found too.
MARKER = "CATALOG_PLATFORM_EMBEDDED"
# Functions inherit TMPDIR from the emulator, but not the marker.
TMPDIR_VARIABLE, FUNCTION_VARIABLE = "TMPDIR", "AWS_LAMBDA_FUNCTION_NAME"
WAIT_SECONDS = 10.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class RunProcesses:
    """The processes of the run in a folder; `Layout` describes the files below it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variable that marks a process of this run."""
        return {MARKER: str(self.home.resolve())}

    @contextlib.contextmanager
    def shared_lock(self) -> Iterator[int]:
        """Yield a file descriptor for a new process; while it is open, no other run can start."""
        descriptor = os.open(self._data, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield descriptor
        finally:
            os.close(descriptor)

    def wait_until_ended(self) -> None:
        """Wait for the last process of the run to end, which takes a moment after a kill.

        Raises `EmbeddedAwsError` when a process is still running after `WAIT_SECONDS`.
        """
        try:
            descriptor = os.open(self._data, os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            deadline = time.monotonic() + WAIT_SECONDS
            while not _try_lock(descriptor):
                if time.monotonic() > deadline:
                    raise EmbeddedAwsError(
                        f"{self._data} is still used by a process of an earlier start",
                        hint=f"end the processes that `fuser {self._data}` lists",
                    )
                time.sleep(POLL_SECONDS)
        finally:
            os.close(descriptor)

    def processes(self) -> list[int]:
        """Return all other processes of the run, found by their marker."""
        found = []
        for process in psutil.process_iter():
            # A process may have ended meanwhile, or belong to another user.
            with contextlib.suppress(psutil.Error, OSError):
                if process.pid != os.getpid() and self._is_member(process.environ()):
                    found.append(process.pid)
        return found

    def _is_member(self, variables: Mapping[str, str]) -> bool:
        home = self.home.resolve()
        if variables.get(MARKER) == str(home):
            return True
        scratch = (str(self.home / "scratch"), str(home / "scratch"))
        return FUNCTION_VARIABLE in variables and variables.get(TMPDIR_VARIABLE) in scratch

    def kill(self) -> bool:
        """Kill all remaining processes of the run and return whether there were any."""
        any_found = False
        deadline = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < deadline and (found := self.processes()):
            any_found = True
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(POLL_SECONDS)
        return any_found

    @property
    def _data(self) -> Path:
        return self.home / "data"


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
