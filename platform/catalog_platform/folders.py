"""List folders and limit their size; raise an error when a folder cannot be read.

`Path.glob` and `Path.rglob` silently skip such folders, so a check of the files in them would pass
without reading any.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn


def files_below(folder: Path) -> list[Path]:
    """Return every regular file below a folder, sorted. Links to folders are not followed.

    Raises `OSError` if the folder does not exist, or a folder in it cannot be listed.
    """
    return sorted(
        path
        for inside, _, names in os.walk(folder, onerror=_raise)
        for path in (Path(inside) / name for name in names)
        if path.is_file()
    )


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, sorted. Raises `OSError` if it cannot be listed."""
    return sorted(path.name for path in folder.iterdir())


def remove_oldest(folder: Path, largest: int) -> None:
    """Remove the files of a cache that were not used for longest while it has too many bytes.

    Those that killed processes have left are among them. Raises `OSError`.
    """
    left = largest
    for _, size, path in sorted(_uses(folder), reverse=True):
        left -= size
        if left < 0:
            path.unlink(missing_ok=True)


def _uses(folder: Path) -> Iterator[tuple[float, int, Path]]:
    for path in folder.iterdir():
        # Another process may have removed it.
        with contextlib.suppress(FileNotFoundError):
            status = path.stat()
            yield status.st_mtime, status.st_size, path


def _raise(error: OSError) -> NoReturn:
    raise error
