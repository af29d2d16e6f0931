"""Code that runs under the Python of the embedded AWS, where ministack is."""

from __future__ import annotations

import subprocess

from catalog_platform.workspace import Toolchain, Workspace


def output(repository: Workspace, code: str) -> str:
    """What the code prints; it fails the test when it fails."""
    shown = subprocess.run(
        [Toolchain.installed().embedded_python, "-c", code],
        env={"PYTHONPATH": str(repository.root / "platform"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout
