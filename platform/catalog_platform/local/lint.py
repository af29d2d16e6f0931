"""Check templates with cfn-lint before a deployment to the emulator, which validates less than AWS.

https://github.com/aws-cloudformation/cfn-lint
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog_platform import process, variables
from catalog_platform.errors import PlatformError, ToolError

PROGRAM = Path(sys.prefix) / "bin" / "cfn-lint"
TIMEOUT_SECONDS = 120.0
# Bit of cfn-lint's exit code for errors; 4 stands for warnings, 8 for information.
ERROR_BIT = 2


def check(template: Path, region: str) -> None:
    """Raise `PlatformError` with every cfn-lint error, or `ToolError` when cfn-lint fails to
    run.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--format", "json", "--output-file", str(report), "--regions", region]
        try:
            process.run(
                # Warnings are left to the policy scan.
                [PROGRAM, *options, "--ignore-checks", "W", "I", "--", template],
                timeout=TIMEOUT_SECONDS,
                cwd=Path(folder),
                # cfn-lint reads .cfnlintrc in the home folder.
                environment={**variables.inherit(), "HOME": folder},
                hint="run `make setup`",
            )
        except ToolError as error:
            if error.returncode is None or not error.returncode & ERROR_BIT:
                raise
            raise PlatformError(
                f"{template.name} is invalid on AWS:\n{_described(report)}",
                hint="fix the template; the embedded AWS does not detect these errors",
            ) from error


@contextlib.contextmanager
def checking(template: Path, region: str) -> Iterator[None]:
    """Run `check` in the background and raise its error at the end of the block."""
    raised: list[Exception] = []

    def work() -> None:
        try:
            check(template, region)
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=work, name="cfn-lint")
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if raised:
        raise raised[0]


def _described(report: Path) -> str:
    found: list[dict[str, Any]] = json.loads(report.read_text(encoding="utf-8"))
    return "\n".join(f"  {_location(entry)}: {entry['Message']}" for entry in found)


def _location(entry: dict[str, Any]) -> str:
    path = [str(part) for part in entry["Location"]["Path"] or ()]
    property_path = ".".join(path[1:] if path[:1] == ["Resources"] else path)
    return f"{entry['Rule']['Id']} {property_path or 'template'}"
