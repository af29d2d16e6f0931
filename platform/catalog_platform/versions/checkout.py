"""The repository at a commit, in a folder of its own, run with its own code."""

from __future__ import annotations

import sys
import tarfile
from collections.abc import Callable
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
        # New in Python 3.11.4. Older versions unpack without it: git has just written the archive.
        if hasattr(tarfile, "data_filter"):
            archive.extraction_filter = tarfile.data_filter
            _check_links(archive, commit, folder)
        archive.extractall(folder)  # noqa: S202 - with the filter, where there is one
    packed.unlink()
    before = Workspace(folder)
    (workspace.build / "bundles").mkdir(parents=True, exist_ok=True)
    before.build.mkdir()
    (before.build / "bundles").symlink_to(workspace.build / "bundles")
    return before


def _check_links(archive: tarfile.TarFile, commit: str, folder: Path) -> None:
    """Raise `PlatformError` with every member that the filter would refuse."""
    refused = []
    for member in archive:
        try:
            tarfile.data_filter(member, str(folder))
        except tarfile.FilterError:
            target = f" is a symbolic link to {member.linkname}" if member.issym() else ""
            refused.append(f"  {member.name}{target}")
    if refused:
        raise PlatformError(
            f"commit {commit[:12]} cannot be checked out: outside of the repository are\n"
            + "\n".join(refused),
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
