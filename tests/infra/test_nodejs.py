"""Node.js comes from a Python package and prints nothing at exit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.synth


def test_node_and_cdk_are_not_needed_on_the_path(tmp_path: Path) -> None:
    assert shutil.which("node", path=str(tmp_path)) is None
    finished = subprocess.run(
        [sys.executable, "-c", "import catalog_platform.infra.app"],
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")


def test_a_node_process_that_ends_first_prints_nothing() -> None:
    """A keyboard interrupt also reaches Node.js, since it goes to the whole process group."""
    script = (
        "import os, signal, catalog_platform.infra.app\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "os.killpg(0, signal.SIGINT)\n"
        "import time; time.sleep(1)\n"
    )
    finished = subprocess.run(
        [sys.executable, "-c", script],
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")
