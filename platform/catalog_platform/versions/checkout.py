"""The repository at a commit, in a folder of its own, run with its own code."""

from __future__ import annotations

import os
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path

import catalog_platform
from catalog_platform import process, variables
from catalog_platform.errors import PlatformError
from catalog_platform.git import git
from catalog_platform.workspace import Workspace

SECONDS = 300.0


def check_out(workspace: Workspace, commit: str, folder: Path, *paths: str) -> Workspace:
    """Check out a commit, or some of its paths; share the built function bundles with it.

    Raises `PlatformError` for symbolic links that leave the repository, `ToolError` for a path that
    the commit doesn't have.
    """
    folder.mkdir()
    packed = folder.with_suffix(".tar")
    git(workspace.root, "archive", "--format=tar", f"--output={packed}", commit, *paths)
    with tarfile.open(packed) as archive:
        archive.extractall(folder)  # noqa: S202 - Git refuses trees with other names
        _refuse([each for each in archive if each.issym() and _leaves(folder, each)], commit)
    packed.unlink()
    before = Workspace(folder)
    (workspace.build / "bundles").mkdir(parents=True, exist_ok=True)
    before.build.mkdir()
    (before.build / "bundles").symlink_to(workspace.build / "bundles")
    return before


def _leaves(folder: Path, link: tarfile.TarInfo) -> bool:
    """Return whether a link leads out of the folder, by itself or through other links."""
    # Not `tarfile.data_filter`, which Python has only since 3.11.4..
    target = os.path.realpath(folder / link.name)
    return not Path(target).is_relative_to(folder.resolve())


def _refuse(links: Sequence[tarfile.TarInfo], commit: str) -> None:
    """Raise `PlatformError` with the names of all links, if there are any."""
    if not links:
        return
    names = "\n".join(f"  {each.name} is a symbolic link to {each.linkname}" for each in links)
    raise PlatformError(
        f"commit {commit[:12]} cannot be checked out: outside of the repository are\n{names}",
        hint="replace them by relative links to files of the repository, and choose a base "
        "that has none",
    )


def code_folder(workspace: Workspace) -> Path:
    """Return the folder of a version's own code; that of this program when it has none."""
    code = workspace.root / "platform"
    if (code / "catalog_platform").is_dir():
        return code
    return Path(catalog_platform.__file__).parents[1]


def run_own(
    workspace: Workspace,
    *arguments: str,
    seconds: float = SECONDS,
    on_line: Callable[[str], None] | None = None,
    python: Path | None = None,
) -> str:
    """Run `catalogctl` with the code of a version, in a process of its own; return its output.

    `python` is the interpreter, by default that of this program. Raises `ToolError` when it fails.
    """
    program = [str(python or sys.executable), "-m", "catalog_platform"]
    return process.run(
        [*program, "-C", str(workspace.root), *arguments],
        timeout=seconds,
        environment={
            **variables.inherit(variables.NETWORK, variables.UV),
            "PYTHONPATH": str(code_folder(workspace)),
        },
        on_line=on_line,
    )
