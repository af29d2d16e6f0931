"""Processes are identified by pid and start time, and ended as a group."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from unittest.mock import patch

import psutil
import pytest

from embedded_aws.errors import ProgramError
from embedded_aws.servers import processes
from embedded_aws.servers.processes import Process

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
    processes.end(found)
    assert not processes.alive(found)


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
    while processes.start_time(child) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("started", ["", "another boot:1", "no number", "another boot:"])
def test_a_reused_pid_is_another_process(started: str) -> None:
    mine = Process(os.getpid(), started)
    assert not processes.alive(mine)
    processes.end(mine)


def test_recently_spawned_processes_can_be_ended(tmp_path: Path) -> None:
    before = processes.spawned()
    found = spawn(tmp_path, "print('up'); import time; time.sleep(60)")
    processes.end_spawned(before)
    assert not processes.alive(found)


def test_a_missing_program_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="cannot start nothing: No such file"):
        processes.spawn(
            [tmp_path / "nothing"], log=tmp_path / "log", environment=ENVIRONMENT, cwd=tmp_path
        )


def test_the_end_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "log"
    assert processes.last_lines(log) == ""
    log.write_text("a\nb\nc\n", encoding="utf-8")
    assert processes.last_lines(log, 2) == "b\nc"


def test_only_the_process_itself_is_taken_for_its_server(tmp_path: Path) -> None:
    own = processes.with_pid(os.getpid())
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        assert processes.listens(own, port)
        other = spawn(tmp_path, "print('up'); import time; time.sleep(60)")
        assert not processes.listens(other, port)
        processes.end(other)
        assert not processes.listens(other, port)
    assert not processes.listens(own, port)


def test_the_start_time_does_not_change_when_the_clock_is_set() -> None:
    own = processes.with_pid(os.getpid())
    shifted = psutil.boot_time() + 3600
    created = psutil.Process(own.pid).create_time() + 3600
    with (
        patch.object(psutil, "boot_time", return_value=shifted),
        patch.object(psutil.Process, "create_time", return_value=created),
    ):
        assert processes.alive(own)


@pytest.mark.parametrize(("shift", "expected"), [(0.02, True), (-0.02, True), (1.0, False)])
def test_a_corrected_clock_may_shift_the_start_time_a_little(shift: float, expected: bool) -> None:
    own = processes.with_pid(os.getpid())
    boot, _, seconds = own.started.rpartition(":")
    shifted = Process(own.pid, f"{boot}:{float(seconds) + shift:.2f}")
    assert processes.alive(shifted) == expected


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        found = processes.with_pid(child.pid)
        child.kill()
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        assert not processes.alive(found)


@pytest.mark.parametrize("error", [psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied])
def test_a_process_that_cannot_be_inspected_is_not_alive(error: type[psutil.Error]) -> None:
    own = processes.with_pid(os.getpid())
    with patch.object(psutil.Process, "status", side_effect=error(own.pid)):
        assert not processes.alive(own)
