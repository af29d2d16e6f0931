"""Processes that outlive the command that started them, identified by pid and start time.

A pid alone is not unique: after a crash or a reboot it may belong to another program. No process is
signalled unless its start time is the recorded one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from embedded_aws.errors import ProgramError
from embedded_aws.servers import privacy
from embedded_aws.servers.run_processes import RunProcesses

GRACE_SECONDS = 8.0
LOG_LINES = 15
# Far less than it takes until a pid is used again.
TOLERANCE_SECONDS = 0.5
# A new id at each boot; other systems than Linux have none.
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_children: dict[int, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True, slots=True)
class Process:
    """A process by its pid and its start time, which distinguishes it from later ones."""

    pid: int
    started: str


def spawn(
    arguments: Sequence[str | Path],
    *,
    log: Path,
    environment: Mapping[str, str],
    cwd: Path,
    user: int | None = None,
    group: int | None = None,
    run: RunProcesses | None = None,
) -> Process:
    """Start a server in its own session; it appends its output to `log` and has no input.

    Its files are private to its user. It belongs to `run` until it ends, even if the parent process
    ends first.

    Raises `ProgramError` when the program cannot be started.
    """
    name = Path(str(arguments[0])).name
    try:
        with contextlib.ExitStack() as open_files:
            output = open_files.enter_context(privacy.append(log))
            kept, marker = [], {}
            if run is not None:
                kept.append(open_files.enter_context(run.shared_lock()))
                marker = run.environment
            child = subprocess.Popen(
                [str(argument) for argument in arguments],
                cwd=cwd,
                env={**environment, **marker},
                pass_fds=kept,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=privacy.UMASK,
                user=user,
                group=group,
                extra_groups=None if user is None else [],
            )
    except OSError as error:
        raise ProgramError(f"cannot start {name}: {error.strerror or error}") from error
    _children[child.pid] = child
    return Process(child.pid, start_time(child.pid) or "")


def with_pid(pid: int) -> Process:
    """Return the running process with a pid. Raises `ProgramError` when none has it."""
    started = start_time(pid)
    if started is None:
        raise ProgramError(f"there is no process {pid}")
    return Process(pid, started)


def alive(process: Process) -> bool:
    """Return whether the process is still running; a zombie is not."""
    child = _children.get(process.pid)
    if child is not None and child.poll() is not None:
        del _children[process.pid]
    return _is_same_start(process.started, start_time(process.pid))


def end(process: Process, first: signal.Signals = signal.SIGTERM) -> None:
    """Send `first`, then SIGKILL to the process group after `GRACE_SECONDS`."""
    if alive(process):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, first)
        deadline = time.monotonic() + GRACE_SECONDS
        while alive(process) and time.monotonic() < deadline:
            time.sleep(0.02)
    if alive(process):
        _kill_group(process.pid)
        while alive(process):
            time.sleep(0.02)
        return
    _end_orphans(process)


def _end_orphans(process: Process) -> None:
    """Kill the group of a dead leader: its pid is not reused while the group has members.

    That is valid only until the machine reboots.
    """
    if start_time(process.pid) is None and process.started.startswith(_boot_id()):
        _kill_group(process.pid)


def spawned() -> frozenset[int]:
    """Return the pids of child processes that may still run."""
    return frozenset(_children)


def end_spawned(before: frozenset[int]) -> None:
    """Gracefully end the child processes that are not in `before`, a result of `spawned`."""
    for pid in _children.keys() - before:
        end(Process(pid, start_time(pid) or ""))


def listens(process: Process, port: int) -> bool:
    """Return whether the process itself is the server on a loopback port.

    While a server restarts, any user of the machine can listen on its port, and must not receive
    its secrets.
    """
    try:
        sockets = psutil.Process(process.pid).net_connections(kind="tcp4")
    except psutil.Error:
        return False
    return any(s.status == psutil.CONN_LISTEN and s.laddr.port == port for s in sockets)


def last_lines(log: Path, count: int = LOG_LINES) -> str:
    """Return the last lines of a log file; empty if it is missing."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-count:])


def start_time(pid: int) -> str | None:
    """Return when a process started: the boot's id and the seconds since that boot.

    None when it has ended or is a zombie, or when it may not be inspected and so is none of ours.
    Both times of psutil shift when the clock is set; their difference does not.
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


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)
