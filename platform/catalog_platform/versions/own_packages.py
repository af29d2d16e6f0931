"""A Python environment with the packages that a version pins, where they differ from ours."""

from __future__ import annotations

import fcntl
import hashlib
import platform
import shutil
import sys
from pathlib import Path

from catalog_platform import process, variables
from catalog_platform.workspace import Toolchain, Workspace

LOCK = "requirements/platform.txt"
SECONDS = 600.0
COMPLETE = "complete"
NODE_MODULES = "node_modules"


def differ(before: Workspace, now: Workspace) -> bool:
    """Return whether the version in `before` pins packages, and others than `now`."""
    old, new = (each.root / LOCK for each in (before, now))
    return old.is_file() and not (new.is_file() and old.read_bytes() == new.read_bytes())


def interpreter(before: Workspace, now: Workspace) -> Path:
    """Return the Python that runs the code of the version in `before`.

    It is this one if that version pins the packages that `now` pins, or none. Otherwise they are
    installed into an environment below the build folder of `now`, once per set of pins. Raises
    `ToolError` when that fails.
    """
    if not differ(before, now):
        return Path(sys.executable)
    old = before.root / LOCK
    digest = hashlib.sha256(old.read_bytes() + platform.python_version().encode()).hexdigest()
    folder = now.build / "environments" / digest[:16]
    python = folder / "venv" / "bin" / "python"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be installing the same
        if not (folder / COMPLETE).exists():
            _install(old, folder / "venv")
            _link_node_modules(folder)
            (folder / COMPLETE).touch()
    return python


def _install(lock: Path, venv: Path) -> None:
    """Install pinned packages into a new environment. Raises `ToolError`.

    It is made where it stays, because installed programs contain its path.
    """
    shutil.rmtree(venv, ignore_errors=True)  # what an interrupted installation has left
    uv = Toolchain.installed().uv
    environment = variables.inherit(variables.NETWORK, variables.UV)
    sync = ("pip", "sync", "--python", venv / "bin" / "python", "--require-hashes", lock)
    for arguments in (("venv", "--python", sys.executable, venv), sync):
        command = [uv, "--no-progress", "--system-certs", *arguments]
        process.run(command, timeout=SECONDS, environment=environment)


def _link_node_modules(folder: Path) -> None:
    """Give the environment our packages of npm, where `Toolchain` looks for them."""
    link = folder / NODE_MODULES
    link.unlink(missing_ok=True)
    link.symlink_to(Toolchain.installed().home / NODE_MODULES)
