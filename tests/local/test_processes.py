"""Processes are identified by pid and start time, and ended as a group."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.local import processes
from catalog_platform.local.processes import Process

ENVIRONMENT = {"PATH": "/usr/bin:/bin"}


def spawn(folder: Path, code: str) -> Process:
    """Start a Python process and wait until it has printed `up`."""
    log = folder / "log"
    found = processes.spawn(
        [sys.executable, "-uc", code], log=log, environment=ENVIRONMENT, cwd=folder
    )
    deadline = time.monotonic() + 10
    while "up" not in log.read_text(encoding="utf-8") and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


def test_a_process_runs_until_it_is_ended(tmp_path: Path) -> None:
    found = spawn(tmp_path, "print('up'); import time; time.sleep(60)")
    assert processes.alive(found)
    uptime = processes.uptime(found)
    assert uptime is not None
    assert uptime < 10
    processes.end(found)
    assert not processes.alive(found)
    assert processes.uptime(found) is None


def test_a_process_that_ignores_the_signal_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.2)
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "print('up'); time.sleep(60)"
    )
    found = spawn(tmp_path, code)
    processes.end(found)
    assert not processes.alive(found)


def test_children_of_a_dead_process_are_ended_too(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c',"
        " 'import time; time.sleep(60)']); print(child.pid, 'up'); child.wait()"
    )
    found = spawn(tmp_path, code)
    child = int((tmp_path / "log").read_text(encoding="utf-8").split()[0])
    os.kill(found.pid, signal.SIGKILL)
    while processes.alive(found):
        time.sleep(0.01)
    processes.end(found)
    deadline = time.monotonic() + 5
    while Path(f"/proc/{child}").exists() and time.monotonic() < deadline:
        if " Z " in Path(f"/proc/{child}/stat").read_text(encoding="utf-8"):
            break
        time.sleep(0.01)
    else:
        assert not Path(f"/proc/{child}").exists()


def test_a_reused_pid_is_another_process() -> None:
    mine = Process(os.getpid(), "another boot:1")
    assert not processes.alive(mine)
    processes.end(mine)


def test_recently_spawned_processes_can_be_ended(tmp_path: Path) -> None:
    before = processes.spawned()
    found = spawn(tmp_path, "print('up'); import time; time.sleep(60)")
    processes.end_spawned(before)
    assert not processes.alive(found)


def test_a_missing_program_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="cannot start nothing: No such file"):
        processes.spawn(
            [tmp_path / "nothing"], log=tmp_path / "log", environment=ENVIRONMENT, cwd=tmp_path
        )


def test_the_end_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert processes.last_lines(log) == ""
    log.write_text("a\nb\nc\n", encoding="utf-8")
    assert processes.last_lines(log, 2) == "b\nc"
