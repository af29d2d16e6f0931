"""List folders, and raise an error when a folder cannot be read.

`Path.glob` and `Path.rglob` silently skip such folders, so a check of the files in them would pass
without reading any.
"""

from __future__ import annotations

import os
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


def _raise(error: OSError) -> NoReturn:
    raise error
