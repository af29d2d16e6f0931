"""Run code in the Python environment of the embedded AWS, which has ministack."""

from __future__ import annotations

import subprocess

from catalog_platform.workspace import Toolchain, Workspace

INTERPRETER = Toolchain.installed().embedded_python
# PostgreSQL, Valkey and the packages that functions get from the tests.
(PACKAGES,) = INTERPRETER.parents[1].glob("lib/python*/site-packages")


def output(repository: Workspace, code: str) -> str:
    """Return the output of the code; fail the test if the code fails."""
    source = repository.root / "platform" / "embedded_aws" / "src"
    shown = subprocess.run(
        [INTERPRETER, "-c", code],
        env={"PYTHONPATH": str(source), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    return shown.stdout
