"""Write reports to files atomically."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from catalog_platform.errors import PlatformError, UsageError


def check_writable(path: Path) -> None:
    """Check, before any work is done, that a file can be written there.

    Raises `UsageError` when it cannot.
    """
    try:
        is_folder, is_in_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    if is_folder:
        raise UsageError(f"{path}: is a folder", hint="name a file in that folder")
    if not is_in_folder:
        raise UsageError(
            f"{path}: the folder {path.parent} does not exist", hint=f"mkdir -p {path.parent}"
        )


def check_folder(path: Path) -> None:
    """Check that `path` is a folder or can be created as one.

    Raises `UsageError` when it is a file.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(
            f"{path}: is not a folder", hint="name a folder; it is created if it does not exist"
        )


def write(path: Path, text: str) -> None:
    """Replace a file atomically; create the folders above it.

    An existing pipe or device (`/dev/stdout`) is written to directly. Raises `PlatformError` on
    failure; an earlier file is then unchanged.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".catalogctl.{os.getpid()}")
    try:
        if path.exists() and not path.is_file():
            path.write_text(text, encoding="utf-8")
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise PlatformError(
            f"{path}: cannot be written: {error.strerror or error}",
            hint="name a file in a writable folder with free space",
        ) from error
