"""Notice saved files, by looking at times and sizes again and again.

Polling works on every file system and in every container; a hundred files take a millisecond.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from catalog_platform import folders

POLL_SECONDS = 0.025
# An editor may write a file in several steps, without such a pause between them.
PAUSE_SECONDS = 0.02
# Of so many looks, one is at the folders that change rarely, too.
RARELY = 40
Snapshot = Mapping[Path, tuple[int, int]]


class SavedFiles:
    """The files below folders, as they were when they were last looked at.

    A save in one of the folders `watched` is noticed within 0.06 seconds. In those of `rarely`,
    which may have thousands of files, it takes a second, or until the next save in the others.
    """

    def __init__(
        self,
        watched: Sequence[Path],
        sleep: Callable[[float], None] = time.sleep,
        *,
        rarely: Sequence[Path] = (),
    ) -> None:
        """Remember the files of the folders; one that does not exist yet has none."""
        self._folders = watched
        self._rarely = rarely
        self._sleep = sleep
        self._known = _look(watched), _look(rarely)

    def wait(self) -> frozenset[Path]:
        """Return the files that were saved, added or removed, as soon as they stay the same."""
        before, others = self._known
        for number in itertools.count(1):
            now = _look(self._folders)
            if now != before or (number % RARELY == 0 and _look(self._rarely) != others):
                break
            self._sleep(POLL_SECONDS)
        while True:
            self._sleep(PAUSE_SECONDS)
            later = _look(self._folders)
            if later == now:
                break
            now = later
        self._known = now, _look(self._rarely)
        return _differences(before, now) | _differences(others, self._known[1])


def _differences(before: Snapshot, now: Snapshot) -> frozenset[Path]:
    return frozenset(path for path in {*before, *now} if before.get(path) != now.get(path))


def _look(watched: Sequence[Path]) -> Snapshot:
    found: dict[Path, tuple[int, int]] = {}
    for folder in watched:
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
