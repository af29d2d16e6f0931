"""Compile all sources below a folder; a program for the interpreter that the bytecode is for.

`compile_sources.py FOLDER`. `bytecode.py` starts it, and `compile_sources.mjs` runs it in Pyodide.
"""

from __future__ import annotations

import importlib.util
import py_compile
import sys
from pathlib import Path


def main(folder: Path) -> None:
    """Write the bytecode of each source into the `__pycache__` next to it.

    It is unchecked: the interpreter doesn't compare it with the source, whose time is not the
    real one. A file that is not valid Python gets none, and fails when it is imported.
    https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
    """
    # The order is fixed, because what has been compiled before can influence the bytes.
    for source in sorted(folder.rglob("*.py")):
        py_compile.compile(
            str(source),
            cfile=importlib.util.cache_from_source(str(source), optimization=""),
            # The bundle's own path differs per machine; an import replaces this one.
            dfile=source.relative_to(folder).as_posix(),
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            quiet=2,
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
