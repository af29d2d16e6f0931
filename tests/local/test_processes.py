"""Recorded processes are identified by pid and start time."""

from __future__ import annotations

import os
import subprocess
import sys
from unittest.mock import patch

import psutil
import pytest

from catalog_platform.local import processes
from catalog_platform.local.processes import Process
from embedded_aws.servers.processes import with_pid


def own() -> Process:
    found = with_pid(os.getpid())
    return Process(found.pid, found.started)


def test_a_running_process_has_an_uptime() -> None:
    assert processes.alive(own())
    uptime = processes.uptime(own())
    assert uptime is not None
    assert 0 <= uptime < 24 * 3600


@pytest.mark.parametrize("started", ["", "another boot:1", "no number", "another boot:"])
def test_a_reused_pid_is_another_process(started: str) -> None:
    assert not processes.alive(Process(os.getpid(), started))
    assert processes.uptime(Process(os.getpid(), started)) is None


@pytest.mark.parametrize(("shift", "expected"), [(0.02, True), (-0.02, True), (1.0, False)])
def test_a_corrected_clock_may_shift_the_start_time_a_little(shift: float, expected: bool) -> None:
    boot, _, seconds = own().started.rpartition(":")
    shifted = Process(os.getpid(), f"{boot}:{float(seconds) + shift:.2f}")
    assert processes.alive(shifted) == expected


def test_a_zombie_is_not_alive() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        running = with_pid(child.pid)
        child.kill()
        while psutil.Process(child.pid).status() != psutil.STATUS_ZOMBIE:
            pass
        assert not processes.alive(Process(child.pid, running.started))


@pytest.mark.parametrize("error", [psutil.NoSuchProcess, psutil.ZombieProcess, psutil.AccessDenied])
def test_a_process_that_cannot_be_inspected_is_not_alive(error: type[psutil.Error]) -> None:
    found = own()
    with patch.object(psutil.Process, "status", side_effect=error(found.pid)):
        assert not processes.alive(found)


def test_the_start_time_does_not_change_when_the_clock_is_set() -> None:
    found = own()
    shifted = psutil.boot_time() + 3600
    created = psutil.Process(found.pid).create_time() + 3600
    with (
        patch.object(psutil, "boot_time", return_value=shifted),
        patch.object(psutil.Process, "create_time", return_value=created),
    ):
        assert processes.alive(found)
