"""Random kills and a full disk leave no process behind and lose no acknowledged record."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.local import launcher, processes, state, status
from catalog_platform.local.state import SUPERVISOR
from catalog_platform.workspace import Workspace
from embedded_aws.servers.layout import Layout
from support.embedded import ACCOUNT, REGION, client, eventually, pipe, processes_of, start
from support.embedded_python import INTERPRETER
from support.kills import one_round

pytestmark = pytest.mark.e2e

SEED, ROUNDS = 20261126, 2


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    found = Workspace(tmp_path)
    yield found
    launcher.discard(found)


@pytest.mark.parametrize(
    "delay",
    [
        pytest.param(0.0, marks=pytest.mark.exhaustive),
        0.3,  # more than an interval of the supervisor's checks: it is restarting the part
        pytest.param(0.6, marks=pytest.mark.exhaustive),
    ],
)
def test_a_part_restarted_by_a_killed_supervisor_is_ended_by_a_stop(
    workspace: Workspace, delay: float
) -> None:
    running = start(workspace)
    os.kill(running.pids["aws"], signal.SIGKILL)
    time.sleep(delay)
    os.kill(running.pids[SUPERVISOR], signal.SIGKILL)
    launcher.discard(workspace)
    assert processes_of(workspace) == []


def test_a_part_is_recorded_before_it_is_ready(workspace: Workspace) -> None:
    running = start(workspace)
    dead = running.pids["aws"]
    os.kill(dead, signal.SIGKILL)
    eventually(lambda: recorded(workspace, "aws") != dead)
    successor = recorded(workspace, "aws")
    os.kill(running.pids[SUPERVISOR], signal.SIGKILL)
    assert successor in [pid for pid, _ in processes_of(workspace)]
    launcher.stop(workspace)
    assert processes_of(workspace) == []


def test_unrecorded_processes_are_ended(workspace: Workspace) -> None:
    start(workspace)
    Layout(workspace.state).state.unlink()
    launcher.stop(workspace)
    assert processes_of(workspace) == []


def test_kills_at_random_times_leave_no_process_and_lose_nothing(workspace: Workspace) -> None:
    chance = random.Random(SEED)
    for number in range(ROUNDS):
        one_round(workspace, chance, number)


def test_a_start_waits_for_processes_that_use_the_data(workspace: Workspace) -> None:
    """A process without the marker still holds the lock."""
    start(workspace)
    launcher.stop(workspace)
    code = (
        "import sys; from embedded_aws import cli; from embedded_aws.servers import run_processes;"
        "run_processes.WAIT_SECONDS = 0.5; sys.exit(cli.main(sys.argv[1:]))"
    )
    options = ["--account", ACCOUNT, "--region", REGION]
    with Layout(workspace.state).run.shared_lock() as descriptor:
        foreign = subprocess.Popen(["/bin/sleep", "60"], pass_fds=[descriptor], env={})
    try:
        refused = subprocess.run(
            [INTERPRETER, "-c", code, "start", workspace.state, *options],
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert refused.returncode == 1
        assert "is still used by a process of an earlier start" in refused.stdout
        assert state.recorded(workspace) is None
    finally:
        foreign.kill()
        foreign.wait()
    assert start(workspace)


def recorded(workspace: Workspace, name: str) -> int | None:
    found = state.recorded(workspace)
    return found.pids.get(name) if found else None


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A small separate disk that can be filled."""
    folder = Path(tempfile.mkdtemp(prefix="catalog-test-"))
    folder.chmod(0o755)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200m,mode=755", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("only root can mount a small disk")
    try:
        yield folder
    finally:
        launcher.discard(Workspace(folder))
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


def fill(folder: Path) -> Path:
    path = folder / "filling"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"\0" * 4096):
            pass
    return path


def test_a_full_disk_ends_no_part_and_loses_nothing_acknowledged(
    small_disk: Path, tmp_path: Path
) -> None:
    workspace = Workspace(small_disk)
    running = start(workspace)
    found = pipe(running, tmp_path, "full")
    found.put("before")
    eventually(lambda: found.taken() == ["before"])
    client(running, "s3").create_bucket(Bucket="full")
    filling = fill(small_disk)
    acknowledged = ["before"]
    for number in range(10):
        with contextlib.suppress(BotoCoreError, ClientError):
            found.put(f"{number:02}" + "x" * 1000)
            acknowledged.append(f"{number:02}" + "x" * 1000)
    refused = pytest.raises(ClientError, match="could not be stored")
    with refused:
        client(running, "ssm").put_parameter(Name="during", Value="no room", Type="String")
    with refused:
        client(running, "s3").put_object(Bucket="full", Key="during", Body=b"x" * 100_000)
    os.kill(running.pids["cache"], signal.SIGKILL)
    time.sleep(2.0)
    supervisor = next(part for part in running.parts if part.name == SUPERVISOR)
    assert processes.alive(supervisor.process)
    found_status = status.read(workspace)
    assert found_status.disk_full
    assert "FULL" in found_status.as_text()

    filling.unlink()
    eventually(lambda: state.read(workspace) is not None)
    assert processes.alive(supervisor.process)
    assert not status.read(workspace).disk_full
    assert "restarted" in [i.outcome.split()[0] for i in status.read(workspace).incidents]
    client(running, "ssm").put_parameter(Name="after", Value="room", Type="String")
    found.put("after")
    time.sleep(2.0)
    os.kill(running.pids["aws"], signal.SIGKILL)
    eventually(lambda: answers(workspace, "after"))
    eventually(lambda: set(found.taken()) >= {*acknowledged, "after"})
    assert launcher.stop(workspace)


def answers(workspace: Workspace, name: str) -> bool:
    running = state.read(workspace)
    if running is None:
        return False
    try:
        return bool(client(running, "ssm").get_parameter(Name=name))
    except (BotoCoreError, ClientError):
        return False
