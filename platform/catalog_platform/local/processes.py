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

from catalog_platform import variables
from catalog_platform.errors import ToolError
from catalog_platform.local import privacy
from catalog_platform.local.generation import Generation

GRACE_SECONDS = 8.0
LOG_LINES = 15

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
    generation: Generation | None = None,
) -> Process:
    """Start a server in its own session; it appends its output to `log` and has no input.

    Its files are private to its user. It belongs to `generation` until it ends, even if the parent
    process ends first.

    Raises `ToolError` when the program cannot be started.
    """
    name = Path(str(arguments[0])).name
    try:
        with contextlib.ExitStack() as open_files:
            output = open_files.enter_context(privacy.append(log))
            kept, marker = [], {}
            if generation is not None:
                kept.append(open_files.enter_context(generation.membership()))
                marker = generation.environment
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
        raise ToolError(
            f"cannot start {name}: {error.strerror or error}", returncode=None, tail=""
        ) from error
    _children[child.pid] = child
    return Process(child.pid, _started(child.pid) or "")


def current() -> Process:
    """Return this process."""
    return Process(os.getpid(), _started(os.getpid()) or "")


def alive(process: Process) -> bool:
    """Return whether the process is still running; a zombie is not."""
    child = _children.get(process.pid)
    if child is not None and child.poll() is not None:
        del _children[process.pid]
    return bool(process.started) and _started(process.pid) == process.started


def end(process: Process, first: signal.Signals = signal.SIGTERM) -> None:
    """Send `first`, then SIGKILL to the process group after `GRACE_SECONDS`."""
    if alive(process):
        _signal(process.pid, first)
        deadline = time.monotonic() + GRACE_SECONDS
        while alive(process) and time.monotonic() < deadline:
            time.sleep(0.02)
    if alive(process):
        _signal_group(process.pid, signal.SIGKILL)
        while alive(process):
            time.sleep(0.02)
        return
    _end_orphans(process)


def _end_orphans(process: Process) -> None:
    """Kill the group of a dead leader: its pid is not reused while the group has members.

    That is valid only until the machine reboots.
    """
    if _started(process.pid) is None and process.started.startswith(_boot()):
        _signal_group(process.pid, signal.SIGKILL)


def spawned() -> frozenset[int]:
    """Return the pids of child processes that may still run."""
    return frozenset(_children)


def end_spawned(before: frozenset[int]) -> None:
    """Gracefully end the child processes that are not in `before`, a result of `spawned`."""
    for pid in _children.keys() - before:
        end(Process(pid, _started(pid) or ""))


def uptime(process: Process) -> float | None:
    """Return the seconds since the process started; None if it is not running or without /proc."""
    if not alive(process) or ":" not in process.started:
        return None
    ticks = int(process.started.rpartition(":")[2])
    since_boot = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    return max(0.0, since_boot - ticks / os.sysconf("SC_CLK_TCK"))


def last_lines(log: Path, count: int = LOG_LINES) -> str:
    """Return the last lines of a log file; empty if there is none."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(text.rstrip().splitlines()[-count:])


def _started(pid: int) -> str | None:
    """Return a process's boot id and start tick; None when it has ended or is a zombie."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        boot = _boot()
    except FileNotFoundError:
        return None if Path("/proc/self").exists() else _started_without_proc(pid)
    except ProcessLookupError:
        return None
    # The command name is in parentheses and may contain spaces and parentheses.
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] == "Z" else f"{boot}:{fields[19]}"


def _boot() -> str:
    """Return the id of the current boot; empty where it is not available."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""


def _started_without_proc(pid: int) -> str | None:
    """Return the start time from `ps`, for systems without /proc."""
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)],  # noqa: S607 - a system tool
        env=variables.inherit(),
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    return None if not shown or shown.startswith("Z") else shown.partition(" ")[2].strip()


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
