"""The bundles that a user's repositories share, in a cache folder of the user.

A clone or worktree takes the bundles from there that another one has built. They are never taken
from a repository, to which a commit can add files, but only from a build that has just ended.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from catalog_platform import bundle, folders, variables

MAXIMUM_BYTES = 1024**3


def folder() -> Path:
    """Return the folder of this user's bundles, which may not exist."""
    return variables.cache_folder() / "catalogctl" / "bundles"


class UserBundles:
    """The bundles in a folder, by the name of the function and the digest of the recipe.

    Concurrent programs can share it and be killed at any time. A folder that can't be written, or
    that other users can write to, holds nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str, digest: str, target: Path) -> bool:
        """Put a bundle to `target`; return False if it is missing or damaged."""
        kept = self._file(name, digest)
        try:
            if not self._is_private() or not bundle.has_stated_content(kept):
                return False
            bundle.place(kept, target)
        except OSError:
            return False
        touch(kept)
        return True

    def keep(self, name: str, digest: str, built: Path) -> None:
        """Keep a bundle that was just built.

        Bundles that were not used for longest are removed above `MAXIMUM_BYTES`.
        """
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if self._is_private():
                bundle.place(built, self._file(name, digest))
                folders.remove_oldest(self._folder, MAXIMUM_BYTES)

    def _file(self, name: str, digest: str) -> Path:
        return self._folder / f"{name}-{digest}.zip"

    def _is_private(self) -> bool:
        """Return whether only this user can write to the folder. Raises `OSError` without it."""
        found = self._folder.stat()
        return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def touch(used: Path) -> None:
    """Record the use of a bundle, which its links in other folders share."""
    with contextlib.suppress(OSError):
        os.utime(used)
