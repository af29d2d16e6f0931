"""Run code in the Python environment of the embedded AWS, which has ministack."""

from __future__ import annotations

import subprocess

from catalog_platform.workspace import Toolchain, Workspace


def output(repository: Workspace, code: str) -> str:
    """Return the output of the code; fail the test if the code fails."""
    shown = subprocess.run(
        [Toolchain.installed().embedded_python, "-c", code],
        env={"PYTHONPATH": str(repository.root / "platform"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout
