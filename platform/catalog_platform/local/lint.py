"""Templates against cfn-lint before they reach the emulator, which accepts what AWS refuses.

https://github.com/aws-cloudformation/cfn-lint
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog_platform import process
from catalog_platform.errors import PlatformError, ToolError

PROGRAM = Path(sys.prefix) / "bin" / "cfn-lint"
SECONDS = 120.0
# How cfn-lint says in its exit code that there are errors; 4 and 8 stand for less than that.
ERRORS = 2


def check(template: Path, region: str) -> None:
    """Raises `PlatformError` that names every error, `ToolError` when cfn-lint does not run."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ["--format", "json", "--output-file", str(report), "--regions", region]
        try:
            process.run(
                # Warnings are the policy scan's business.
                [PROGRAM, *options, "--ignore-checks", "W", "I", "--", template],
                timeout=SECONDS,
                cwd=Path(folder),
                environment={**os.environ, "PYTHONPATH": ""},
                hint="run `make setup`",
            )
        except ToolError as error:
            if error.returncode is None or not error.returncode & ERRORS:
                raise
            raise PlatformError(
                f"{template.name} would be refused by AWS:\n{_described(report)}",
                hint="the embedded AWS would not notice an unknown property or a broken reference",
            ) from error


@contextlib.contextmanager
def checking(template: Path, region: str) -> Iterator[None]:
    """Check while the block runs; what was found is raised at its end, as `check` raises it."""
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
    return "\n".join(f"  {_place(entry)}: {entry['Message']}" for entry in found)


def _place(entry: dict[str, Any]) -> str:
    path = [str(part) for part in entry["Location"]["Path"] or ()]
    where = ".".join(path[1:] if path[:1] == ["Resources"] else path)
    return f"{entry['Rule']['Id']} {where or 'template'}"
