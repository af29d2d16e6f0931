"""An interrupted chaos test leaves no process and no file."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from support.manifests import ROOT

pytestmark = pytest.mark.e2e

FOLDERS = ("platform", "benchmarks", "tests", "functions/inventory_processor/src")
FUNCTIONS = ("functions/runtime/src", "functions/schema_migrator/src")
SECONDS = 120.0


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of processes that run in a folder or name it."""
    found = []
    for each in psutil.process_iter():
        try:
            line = " ".join(each.cmdline())
            if str(folder) in line or str(folder) in each.environ().get("TMPDIR", ""):
                found.append(line)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize(
    "name",
    [
        "SIGTERM",
        pytest.param("SIGINT", marks=pytest.mark.exhaustive),
        pytest.param("SIGKILL", marks=pytest.mark.exhaustive),
    ],
)
def test_a_signal_ends_every_server(tmp_path: Path, name: str) -> None:
    path = os.pathsep.join(str(ROOT / folder) for folder in (*FOLDERS, *FUNCTIONS))
    soak = subprocess.Popen(
        [
            sys.executable,
            ROOT / "benchmarks" / "soak.py",
            "--updates",
            "2000",
            "--stores",
            "single",
        ],
        env={**os.environ, "PYTHONPATH": path, "TMPDIR": str(tmp_path)},
        stderr=subprocess.DEVNULL,
        # A shell lets what it starts in the background ignore this signal, tests included.
        preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    try:
        deadline = time.monotonic() + SECONDS
        while not list(tmp_path.glob("catalog-soak-*/.local/state.json")):
            assert soak.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.1)
        soak.send_signal(getattr(signal, name))
        code = soak.wait(SECONDS)
    finally:
        soak.kill()
        soak.wait()
    assert code == (-signal.SIGKILL if name == "SIGKILL" else 130)
    while processes_of(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(tmp_path) == []
    if name != "SIGKILL":
        assert list(tmp_path.glob("catalog-soak-*")) == []
