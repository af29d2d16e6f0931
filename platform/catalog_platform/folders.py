"""What lies in a folder, with nothing left out in silence.

`Path.glob` and `Path.rglob` skip folders that cannot be listed: a gate would then pass because it
has seen nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn


def files_below(folder: Path) -> list[Path]:
    """Every regular file below a folder, sorted; links to folders are not followed.

    Raises `OSError` when there is no such folder, or one in it cannot be listed.
    """
    return sorted(
        path
        for inside, _, names in os.walk(folder, onerror=_refuse)
        for path in (Path(inside) / name for name in names)
        if path.is_file()
    )


def names_in(folder: Path) -> list[str]:
    """The names in a folder, sorted. Raises `OSError` when it cannot be listed."""
    return sorted(path.name for path in folder.iterdir())


def _refuse(error: OSError) -> NoReturn:
    raise error
