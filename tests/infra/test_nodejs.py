"""Node comes from a package, and leaves without a word."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.synth


def test_neither_node_nor_the_cdk_has_to_be_on_the_path(tmp_path: Path) -> None:
    assert shutil.which("node", path=str(tmp_path)) is None
    finished = subprocess.run(
        [sys.executable, "-c", "import catalog_platform.infra.app"],
        env=os.environ | {"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (finished.returncode, finished.stderr) == (0, "")


def test_node_dying_first_is_not_complained_about_at_exit() -> None:
    """An interrupt from the keyboard goes to Node as well: the whole process group gets it."""
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
