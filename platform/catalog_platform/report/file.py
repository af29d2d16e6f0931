"""A report in a file instead of on a terminal: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from catalog_platform.errors import PlatformError, UsageError


def expect(path: Path) -> None:
    """Look ahead, before the work that the report is about is done.

    Raises `UsageError` when no file could be written there.
    """
    try:
        is_folder, is_in_folder = path.is_dir(), path.parent.is_dir()
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    if is_folder:
        raise UsageError(f"{path}: is a folder", hint="name a file in it")
    if not is_in_folder:
        raise UsageError(
            f"{path}: there is no folder {path.parent}", hint=f"mkdir -p {path.parent}"
        )


def expect_folder(path: Path) -> None:
    """The same for a folder that is to hold several reports, and may have to be made.

    Raises `UsageError` when something else is in its place.
    """
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is no folder", hint="name one; it is made if it is not there")


def write(path: Path, text: str) -> None:
    """Replace a file in one step; folders above it are made.

    What is there and no regular file (a pipe, `/dev/stdout`) is written to as it is. Raises
    `PlatformError` when that fails; an earlier file is then as it was.
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
            hint="name a file in a folder that you may write to and that has room",
        ) from error
