"""Processes of a run are found by their marker; the next run waits for the last of them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.servers import run_processes
from embedded_aws.servers.run_processes import MARKER, RunProcesses


@pytest.fixture
def found(tmp_path: Path) -> RunProcesses:
    (tmp_path / "data").mkdir()
    return RunProcesses(tmp_path)


@contextmanager
def process(environment: Mapping[str, str], *descriptors: int) -> Iterator[int]:
    with subprocess.Popen(["/bin/sleep", "60"], env=environment, pass_fds=descriptors) as child:
        # Before exec, the child still has our environment.
        deadline = time.monotonic() + 10
        while psutil.Process(child.pid).exe() == psutil.Process().exe():
            assert time.monotonic() < deadline
        try:
            yield child.pid
        finally:
            child.kill()


def test_servers_and_functions_of_a_run_are_members(found: RunProcesses) -> None:
    scratch = str(found.home / "scratch")
    with (
        process(found.environment) as server,
        process({"TMPDIR": scratch, "AWS_LAMBDA_FUNCTION_NAME": "f"}) as function,
    ):
        assert sorted(found.processes()) == sorted([server, function])
        assert found.kill()
    assert not found.kill()


def test_other_processes_are_not_members(found: RunProcesses, tmp_path: Path) -> None:
    others = (
        {MARKER: f"{found.home}-other"},
        {MARKER: str(found.home.parent)},
        {"TMPDIR": str(found.home / "scratch")},
        {"AWS_LAMBDA_FUNCTION_NAME": "f", "TMPDIR": str(tmp_path)},
        {"HOME": str(found.home)},
    )
    for environment in others:
        with process(environment):
            assert found.processes() == []


def test_the_current_process_is_not_listed(
    found: RunProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    with process(found.environment) as mine:
        monkeypatch.setattr(os, "getpid", lambda: mine)
        assert found.processes() == []


def test_a_run_is_over_when_its_last_process_has_ended(
    found: RunProcesses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_processes, "WAIT_SECONDS", 0.2)
    found.wait_until_ended()
    with found.shared_lock() as descriptor, process({}, descriptor), found.shared_lock():
        os.close(os.dup(descriptor))
        with pytest.raises(EmbeddedAwsError, match="still used by a process of an earlier start"):
            found.wait_until_ended()
    found.wait_until_ended()


def test_without_data_no_run_is_active(tmp_path: Path) -> None:
    RunProcesses(tmp_path / "nowhere").wait_until_ended()
