"""A Python environment with the packages that a version pins, where they differ from ours."""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tempfile
from pathlib import Path

from catalog_platform import process, variables
from catalog_platform.workspace import Toolchain, Workspace

LOCK = "requirements/platform.txt"
SECONDS = 600.0


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
    if not folder.exists():
        _install(old, folder)
    return folder / "bin" / "python"


def _install(lock: Path, folder: Path) -> None:
    """Install pinned packages into a new folder; it exists only when it is complete.

    Where two processes install the same, the first one's is used.
    """
    uv = Toolchain.installed().uv
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder.parent))
    environment = variables.inherit(variables.NETWORK, variables.UV)
    sync = ("pip", "sync", "--python", draft / "bin" / "python", "--require-hashes", lock)
    try:
        for arguments in (("venv", "--allow-existing", "--python", sys.executable, draft), sync):
            command = [uv, "--no-progress", "--system-certs", *arguments]
            process.run(command, timeout=SECONDS, environment=environment)
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
