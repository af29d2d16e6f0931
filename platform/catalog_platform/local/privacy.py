"""Files of the embedded AWS are their owner's alone, whatever the umask of who starts it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

UMASK = 0o077


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """What this process creates meanwhile is for its owner; threads share the umask."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


def append(path: Path) -> IO[bytes]:
    """Open a file of the user's alone to write at its end."""
    return open(path, "ab", opener=opener)


def opener(path: str, flags: int) -> int:
    """For `open`: a file that it creates is the user's alone."""
    return os.open(path, flags, 0o600)


def close(folder: Path) -> None:
    """Take from everybody else what an earlier version, or a copy, has left open to them.

    The user's own files only: data that another user works in is guarded by that user's program.
    """
    own = os.geteuid()
    for root, folders, files in os.walk(folder):
        for path in (Path(root, name) for name in (*folders, *files)):
            with contextlib.suppress(FileNotFoundError):
                found = path.lstat()
                if found.st_uid == own and found.st_mode & UMASK and not path.is_symlink():
                    path.chmod(found.st_mode & ~UMASK & 0o7777)
