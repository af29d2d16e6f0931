"""Add bytecode to a bundle: a cold start on Lambda compiles all modules that have none.

Lambda mounts the function's folder read-only, so that its own bytecode is never kept. Bytecode
depends on the minor version of Python, and in details on the patch version. Bundles have the same
bytes on any machine, so one pinned interpreter compiles them: Pyodide, which is CPython for
WebAssembly in an npm package. https://pyodide.org/en/stable/usage/index.html
"""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from catalog_platform import process, variables
from catalog_platform.errors import ToolError
from catalog_platform.packaging.target import BuildTarget
from catalog_platform.workspace import Toolchain

# The Python version of the Pyodide that package.json pins, and Pyodide's version. Bundles for
# other versions have no bytecode.
PYODIDE_PYTHON = "3.13"
PYODIDE = "0.29.5"

TIMEOUT_SECONDS = 300.0
_PROGRAM = Path(__file__).with_name("compile_sources.py")


def compiler(target: BuildTarget) -> str:
    """Return what compiles the bytecode of a target's bundles, "" if they have none."""
    if target.native:
        return f"python {platform.python_version()}"
    return f"pyodide {PYODIDE}" if target.python == PYODIDE_PYTHON else ""


def add(tree: Path, target: BuildTarget) -> None:
    """Add bytecode to all sources of a tree. Raises `ToolError`."""
    if not compiler(target):
        return
    try:
        process.run(
            _command(tree, target),
            timeout=TIMEOUT_SECONDS,
            environment=variables.inherit() | {"PYTHONHASHSEED": "0"},
        )
    except ToolError as error:
        raise ToolError(
            f"cannot compile a bundle for {target}: {error.message}",
            returncode=error.returncode,
            tail=error.tail,
            hint="run `make setup`, which installs the pinned Pyodide, then try again",
        ) from error


def _command(tree: Path, target: BuildTarget) -> list[str | Path]:
    if target.native:
        # -P and -S: what else is installed, and the modules beside the program, must not matter.
        return [sys.executable, "-P", "-S", _PROGRAM, tree]
    tools = Toolchain.installed()
    return [
        tools.node,
        _PROGRAM.with_suffix(".mjs"),
        tools.home / "node_modules" / "pyodide" / "pyodide.mjs",
        target.python,
        tree,
    ]
