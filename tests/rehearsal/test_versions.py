from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.rehearsal.versions import check_out
from catalog_platform.workspace import Workspace
from support.checkouts import IDENTITY
from support.manifests import SOUND, a_repository


def commit(root: Path) -> None:
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run(
            ["git", *arguments],
            cwd=root,
            env={"PATH": os.environ["PATH"], "HOME": str(root), **IDENTITY},
            check=True,
        )


def test_links_that_leave_the_repository_are_all_named(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    (workspace.root / "absolute").symlink_to("/etc/hosts")
    (workspace.root / "upward").symlink_to("../../elsewhere")
    (workspace.root / "inside").symlink_to("environments")
    commit(workspace.root)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with pytest.raises(PlatformError) as caught:
        check_out(workspace, "sample", "HEAD", Workspace(scratch))
    assert "  absolute is a symbolic link to /etc/hosts\n" in caught.value.message
    assert "  upward is a symbolic link to ../../elsewhere" in caught.value.message
    assert "inside" not in caught.value.message


def test_links_within_the_repository_are_checked_out(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    (workspace.root / "inside").symlink_to("environments")
    commit(workspace.root)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    found = check_out(workspace, "sample", "HEAD", Workspace(scratch))
    assert (found.workspace.root / "inside" / "sample.yaml").is_file()
