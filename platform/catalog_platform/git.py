"""Run Git on a repository."""

from __future__ import annotations

import shutil
from pathlib import Path

from catalog_platform import process
from catalog_platform.errors import PlatformError

TIMEOUT_SECONDS = 60.0


def git(root: Path, *arguments: str) -> str:
    """Run Git in the folder `root` and return its output.

    Raises `ToolError` when Git fails, `PlatformError` when it is not installed.
    """
    program = shutil.which("git")
    if program is None:
        raise PlatformError("git is needed to read commits, and was not found in PATH")
    return process.run([program, "-C", root, *arguments], timeout=TIMEOUT_SECONDS)
