"""Keep the files of the embedded AWS private to their owner, regardless of the umask."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

UMASK = 0o077


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """Set a private umask for the block; all threads of the process share it."""
    before = os.umask(UMASK)
    try:
        yield
    finally:
        os.umask(before)


def append(path: Path) -> IO[bytes]:
    """Open a private file for appending."""
    return open(path, "ab", opener=opener)


def opener(path: str, flags: int) -> int:
    """Create files with mode 0600; to be passed to `open`."""
    return os.open(path, flags, 0o600)


def close(folder: Path) -> None:
    """Remove other users' permissions from all files below a folder.

    Only the current user's files are changed: PostgreSQL protects the data of its own user.
    """
    own = os.geteuid()
    for root, folders, files in os.walk(folder):
        for path in (Path(root, name) for name in (*folders, *files)):
            with contextlib.suppress(FileNotFoundError):
                found = path.lstat()
                if found.st_uid == own and found.st_mode & UMASK and not path.is_symlink():
                    path.chmod(found.st_mode & ~UMASK & 0o7777)
