"""Kills the supervisor and servers at random times, and finds the processes that remain."""

from __future__ import annotations

import os
import random
import signal
import time

from catalog_platform.local import launcher, state
from catalog_platform.local.state import SUPERVISOR
from catalog_platform.workspace import Workspace
from support.embedded import client, processes_of, start

PARTS = ("aws", "cache", "postgres")
EMULATOR = "embedded_aws.emulator"


def one_round(workspace: Workspace, chance: random.Random, number: int) -> None:
    """Start, store a parameter, kill at random, stop; then it is there and no stranger is."""
    embedded = start(workspace)
    parameters = client(embedded, "ssm")
    parameters.put_parameter(Name="kept", Value=str(number), Type="String", Overwrite=True)
    for _ in range(chance.randint(1, 3)):
        for name in chance.sample(PARTS, chance.randint(1, len(PARTS))):
            _kill(workspace, name)
        time.sleep(chance.random() * 1.2)
    _kill(workspace, SUPERVISOR)
    time.sleep(chance.random() * 0.5)
    for name in chance.sample(PARTS, chance.randint(0, 1)):
        _kill(workspace, name)
    launcher.stop(workspace)
    assert processes_of(workspace) == []
    again = start(workspace)
    found = client(again, "ssm").get_parameter(Name="kept")["Parameter"]["Value"]
    assert found == str(number)
    servers = [pid for pid, command in processes_of(workspace) if EMULATOR in command]
    assert servers == [again.pids["aws"]]


def _kill(workspace: Workspace, name: str) -> None:
    """kill -9 of the part as it is recorded now, if it is."""
    found = state.recorded(workspace)
    pid = found.pids.get(name) if found else None
    if pid is not None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            return
