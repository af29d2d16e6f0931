"""The repository at a commit, in a folder of its own."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from catalog_platform import process
from catalog_platform.errors import PlatformError
from catalog_platform.versions.checkout import check_out, code_folder, run_own
from catalog_platform.workspace import Workspace
from support.checkouts import IDENTITY
from support.manifests import VALID, a_repository


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A Git repository whose first commit has the environment `sample`."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    made = a_repository(tmp_path / "r", sample=VALID)
    git(made, "init", "-q", "-b", "main")
    commit(made)
    return made


def git(workspace: Workspace, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=workspace.root, check=True, timeout=60)


def commit(workspace: Workspace, **links: str) -> None:
    for name, target in links.items():
        (workspace.root / name).symlink_to(target)
    git(workspace, "add", ".")
    git(workspace, "commit", "-q", "-m", "Commit")


def test_a_commit_is_as_it_was_made_and_shares_the_built_bundles(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.environments / "sample.yaml").write_text("edited")
    found = check_out(workspace, "HEAD", tmp_path / "checkout")
    assert (found.environments / "sample.yaml").read_text() == VALID
    (found.build / "bundles" / "new").mkdir()
    assert (workspace.build / "bundles" / "new").is_dir()


def test_links_that_leave_the_repository_are_all_named(
    workspace: Workspace, tmp_path: Path
) -> None:
    commit(workspace, absolute="/etc/hosts", upward="../../elsewhere", inside="environments")
    with pytest.raises(PlatformError) as caught:
        check_out(workspace, "HEAD", tmp_path / "checkout")
    assert "  absolute is a symbolic link to /etc/hosts\n" in caught.value.message
    assert "  upward is a symbolic link to ../../elsewhere" in caught.value.message
    assert "inside" not in caught.value.message


def test_a_link_that_leaves_through_another_one_is_named(
    workspace: Workspace, tmp_path: Path
) -> None:
    (workspace.root / "deep" / "folder").mkdir(parents=True)
    (workspace.root / "deep" / "folder" / "file").touch()
    # By its text it stays inside: "up" is two folders deeper than what it is a link to.
    commit(workspace, top=".", loop="loop")
    (workspace.root / "deep" / "folder" / "up").symlink_to("../../top")
    commit(workspace, out="deep/folder/up/../elsewhere")
    with pytest.raises(PlatformError) as caught:
        check_out(workspace, "HEAD", tmp_path / "checkout")
    assert caught.value.message.endswith("out is a symbolic link to deep/folder/up/../elsewhere")
    assert "loop" not in caught.value.message


def test_links_within_the_repository_are_checked_out(workspace: Workspace, tmp_path: Path) -> None:
    commit(workspace, inside="environments")
    found = check_out(workspace, "HEAD", tmp_path / "checkout")
    assert (found.root / "inside" / "sample.yaml").is_file()


def test_a_version_runs_its_own_code_and_this_code_if_it_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own" / "platform"
    (own / "catalog_platform").mkdir(parents=True)
    assert code_folder(Workspace(tmp_path / "own")) == own
    assert code_folder(Workspace(tmp_path)).name == "platform"
    started: list[tuple[list[str], str]] = []

    def run(command: list[str], **options: Any) -> str:
        started.append((command[1:], options["environment"]["PYTHONPATH"]))
        return "output"

    monkeypatch.setattr(process, "run", run)
    assert run_own(Workspace(tmp_path / "own"), "validate") == "output"
    root = str(tmp_path / "own")
    assert started == [(["-m", "catalog_platform", "-C", root, "validate"], str(own))]
