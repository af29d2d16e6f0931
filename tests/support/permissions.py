"""Folders that cannot be listed, not even by root."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def forbid_listing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Make every attempt to list `folder` raise `PermissionError`."""
    for name in ("listdir", "scandir"):
        allowed = getattr(os, name)

        def asked(path: Any = ".", allowed: Any = allowed) -> Any:
            if isinstance(path, (str, os.PathLike)) and Path(os.fspath(path)) == folder:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
            return allowed(path)

        monkeypatch.setattr(os, name, asked)
