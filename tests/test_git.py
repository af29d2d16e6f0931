from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.git import git
from support import harmful_variables
from support.checkouts import IDENTITY


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one file, whose lines end with a line feed."""
    root = tmp_path / "repository"
    root.mkdir()
    (root / "file.txt").write_bytes(b"one\ntwo\n")
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "first"]):
        subprocess.run(
            ["git", *arguments],
            cwd=root,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **IDENTITY},
            check=True,
        )
    return root


def results(repository: Path, out: Path) -> tuple[str, str, bytes]:
    (repository / "untracked.py").touch()
    commit = git(repository, "rev-parse", "HEAD")
    status = git(repository, "status", "--porcelain")
    git(repository, "archive", "--format=tar", f"--output={out}", "HEAD")
    return commit, status, out.read_bytes()


def test_neither_variables_nor_the_home_folder_change_the_results(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = results(repository, tmp_path / "clean.tar")
    assert clean[1] == "?? untracked.py\n"
    assert b"one\ntwo\n" in clean[2]
    home = harmful_variables.write_home(tmp_path / "home", "192.0.2.1:1")
    for name, value in harmful_variables.variables(home, "192.0.2.1:1").items():
        monkeypatch.setenv(name, value)
    assert results(repository, tmp_path / "harmed.tar") == clean


def test_a_branch_with_the_name_of_a_remote_one_adds_no_warning_to_the_output(
    repository: Path,
) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(repository, "branch", "origin/main")
    assert git(repository, "merge-base", "origin/main", "HEAD") == commit


def test_folders_that_the_user_trusts_stay_trusted(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".gitconfig").write_text(f"[safe]\n  directory = {repository}\n")
    # Git then takes every folder for that of another user.
    with monkeypatch.context() as patch:
        patch.setattr(
            "catalog_platform.git.VARIABLES",
            {"GIT_CONFIG_NOSYSTEM": "1", "GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"},
        )
        assert git(repository, "rev-parse", "--is-inside-work-tree") == "true\n"
        # The same folder is not asked again in one process.
        monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
        with pytest.raises(ToolError) as caught:
            git(repository, "rev-parse", "--is-inside-work-tree")
    assert "dubious ownership" in caught.value.tail


def test_without_git_the_message_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PlatformError, match="git was not found in PATH"):
        git(tmp_path, "status")
