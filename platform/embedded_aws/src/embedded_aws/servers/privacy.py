"""Keep the files of the embedded AWS private to their owner, regardless of the umask."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO

UMASK = 0o077


def append(path: Path) -> IO[bytes]:
    """Open a private file for appending."""
    return open(path, "ab", opener=opener)


def opener(path: str, flags: int) -> int:
    """Create files with mode 0600; to be passed to `open`."""
    return os.open(path, flags, 0o600)


def remove_access_of_others(folder: Path) -> None:
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
