"""A folder that may not be listed, for root as well, who may list every real one."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import pytest


def forbid_listing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Whoever lists `folder` from now on is told that he may not."""
    for name in ("listdir", "scandir"):
        allowed = getattr(os, name)

        def asked(path: Any = ".", allowed: Any = allowed) -> Any:
            if isinstance(path, (str, os.PathLike)) and Path(os.fspath(path)) == folder:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
            return allowed(path)

        monkeypatch.setattr(os, name, asked)
