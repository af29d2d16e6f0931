"""Locate the Python environment of the embedded AWS."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.errors import ToolError
from catalog_platform.workspace import Toolchain


def folder(toolchain: Toolchain) -> Path:
    """Return its site-packages folder. Raises `ToolError` when the environment is missing."""
    home = toolchain.embedded_python.parent.parent
    found = sorted(home.glob("lib/python*/site-packages"))
    if not found:
        raise ToolError(
            f"{home}: the environment of the embedded AWS is missing",
            returncode=None,
            tail="",
            hint="run `make setup`",
        )
    return found[0]
