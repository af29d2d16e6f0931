"""Notice saved files, by looking at times and sizes again and again.

Polling works on every file system and in every container; ten files take less than a millisecond.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from catalog_platform import folders

POLL_SECONDS = 0.1
Snapshot = Mapping[Path, tuple[int, int]]


class SavedFiles:
    """The files below folders, as they were when they were last looked at."""

    def __init__(
        self, watched: Sequence[Path], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        """Remember the files of the folders; one that does not exist yet has none."""
        self._folders = watched
        self._sleep = sleep
        self._known = self._look()

    def wait(self) -> frozenset[Path]:
        """Return the files that were saved, added or removed, as soon as they stay the same."""
        before = self._known
        while (now := self._look()) == before:
            self._sleep(POLL_SECONDS)
        # An editor may write a file in several steps.
        while True:
            self._sleep(POLL_SECONDS)
            later = self._look()
            if later == now:
                break
            now = later
        self._known = now
        return frozenset(path for path in {*before, *now} if before.get(path) != now.get(path))

    def _look(self) -> Snapshot:
        found: dict[Path, tuple[int, int]] = {}
        for folder in self._folders:
            try:
                paths = [*folders.files_below(folder)] if folder.is_dir() else []
            except OSError:
                continue
            for path in paths:
                if "__pycache__" in path.parts:
                    continue
                try:
                    status = path.stat()
                except OSError:  # removed meanwhile
                    continue
                found[path] = (status.st_mtime_ns, status.st_size)
        return found
