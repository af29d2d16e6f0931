"""Processes that the embedded AWS has recorded, identified by pid and start time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import psutil

# A new id at each boot; other systems than Linux have none.
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
# Far less than it takes until a pid is used again.
TOLERANCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Process:
    """A process by its pid and its start time, which distinguishes it from later ones."""

    pid: int
    started: str


def alive(process: Process) -> bool:
    """Return whether the process is still running; a zombie is not."""
    return _is_same_start(process.started, _start_time(process.pid))


def uptime(process: Process) -> float | None:
    """Return the seconds since the process started; None if it is not running."""
    if not alive(process):
        return None
    try:
        return max(0.0, time.time() - psutil.Process(process.pid).create_time())
    except psutil.Error:
        return None


def _start_time(pid: int) -> str | None:
    """Return when a process started, as it is recorded: the boot's id and seconds since that boot.

    None when it has ended or is a zombie, or when it may not be inspected.
    """
    try:
        found = psutil.Process(pid)
        if found.status() == psutil.STATUS_ZOMBIE:
            return None
        return f"{_boot_id()}:{found.create_time() - psutil.boot_time():.2f}"
    except (psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied):
        return None


def _is_same_start(recorded: str, found: str | None) -> bool:
    """Compare start times. Outside of Linux, they shift a little when the clock is corrected."""
    if found is None:
        return False
    boot, _, seconds = recorded.rpartition(":")
    found_boot, _, found_seconds = found.rpartition(":")
    try:
        difference = abs(float(seconds) - float(found_seconds))
    except ValueError:
        return False
    return boot == found_boot and difference < TOLERANCE_SECONDS


def _boot_id() -> str:
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
