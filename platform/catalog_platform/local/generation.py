"""One run of the servers: which processes belong to it, and that no two runs share their data.

Each process of a run has a marker in its environment, by which it is found whatever was recorded
of it, and a shared lock on the folder of the data, which the system drops when the last of them
has ended. A run begins only while nobody holds that lock.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import PlatformError

MARKER = "CATALOG_PLATFORM_EMBEDDED"
# Functions get nothing of the emulator's environment but the first of these two.
TEMPORARY, FUNCTION = "TMPDIR", b"AWS_LAMBDA_FUNCTION_NAME="
PATIENCE_SECONDS = 10.0
POLL_SECONDS = 0.02


@dataclass(frozen=True, slots=True)
class Generation:
    """The run in a state folder; see `Layout` for what is below it."""

    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The marker."""
        return {MARKER: str(self.home.resolve())}

    @contextlib.contextmanager
    def membership(self) -> Iterator[int]:
        """A descriptor for a new process: as long as it is open there, no other run begins."""
        descriptor = os.open(self._data, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            yield descriptor
        finally:
            os.close(descriptor)

    def expect_over(self) -> None:
        """Wait for the last process of the run to end, which takes it a moment after a kill.

        Raises `PlatformError` when one goes on.
        """
        try:
            descriptor = os.open(self._data, os.O_RDONLY)
        except FileNotFoundError:
            return
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not _locked(descriptor):
                if time.monotonic() > deadline:
                    raise PlatformError(
                        f"{self._data} is in use by a process of an earlier start",
                        hint=f"end the processes that `fuser {self._data}` lists",
                    )
                time.sleep(POLL_SECONDS)
        finally:
            os.close(descriptor)

    def processes(self) -> list[int]:
        """Every process of the run but this one, by its marker; none on systems without /proc."""
        found = []
        for entry in Path("/proc").glob("[0-9]*/environ"):
            # Processes end meanwhile, and those of other users are none of ours.
            with contextlib.suppress(OSError):
                if self._is_member(frozenset(entry.read_bytes().split(b"\0"))):
                    found.append(int(entry.parent.name))
        return [pid for pid in found if pid != os.getpid()]

    def _is_member(self, variables: frozenset[bytes]) -> bool:
        home = self.home.resolve()
        if f"{MARKER}={home}".encode() in variables:
            return True
        is_function = any(variable.startswith(FUNCTION) for variable in variables)
        scratch = (self.home / "scratch", home / "scratch")
        return is_function and any(f"{TEMPORARY}={path}".encode() in variables for path in scratch)

    def kill(self) -> bool:
        """End what is left of the run, recorded or not; returns whether there was anything."""
        found_any = False
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline and (found := self.processes()):
            found_any = True
            for pid in found:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(POLL_SECONDS)
        return found_any

    @property
    def _data(self) -> Path:
        return self.home / "data"


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
