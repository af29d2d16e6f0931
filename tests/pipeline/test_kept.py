"""Manifests that earlier runs have kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.manifest import Manifests, kept_manifests, pipeline
from catalog_platform.pipeline import kept
from catalog_platform.pipeline.kept import is_committed, manifests_of
from catalog_platform.workspace import Workspace
from support.git import Repository
from support.manifests import VALID, a_repository


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A repository whose only environment was validated."""
    monkeypatch.setattr(kept_manifests, "FEWEST", 1)
    found = a_repository(tmp_path / "r", sample=VALID)
    manifests_of(found).check([])
    return found


def failing(*_arguments: object) -> str:
    raise ToolError("git failed", returncode=128, tail="dubious ownership")


def is_kept(manifests: Manifests) -> bool:
    """Return whether the environment isn't resolved again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(pipeline, "process")
        try:
            manifests.check([])
        except AttributeError:
            return False
    return True


def test_manifests_are_kept_without_git(workspace: Workspace) -> None:
    assert is_kept(manifests_of(workspace))


def test_those_in_a_folder_that_git_ignores_or_does_not_know_are_used(workspace: Workspace) -> None:
    (workspace.root / ".gitignore").write_text("build/\n")
    Repository.create(workspace.root)
    assert is_kept(manifests_of(workspace))
    (workspace.root / ".gitignore").unlink()
    assert is_kept(manifests_of(workspace))


def test_those_of_a_commit_are_not_used(workspace: Workspace) -> None:
    Repository.create(workspace.root)
    assert not is_kept(manifests_of(workspace))


def test_those_are_not_used_when_git_cannot_say_whether_they_are_of_a_commit(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    Repository.create(workspace.root)
    monkeypatch.setattr(kept, "git", failing)
    assert not is_kept(manifests_of(workspace))


def test_those_in_a_folder_that_a_link_of_a_commit_names_are_not_used(
    workspace: Workspace,
) -> None:
    workspace.build.rename(workspace.root / "other")
    workspace.build.symlink_to("other")
    Repository.create(workspace.root)
    assert not is_kept(manifests_of(workspace))


def test_what_is_deployed_is_resolved(workspace: Workspace) -> None:
    assert not is_kept(Manifests(workspace))


def test_a_build_folder_of_a_commit_is_noticed_whatever_is_in_it(tmp_path: Path) -> None:
    found = a_repository(tmp_path / "r", sample=VALID)
    assert not is_committed(found)
    (found.build / "stacks").mkdir(parents=True)
    (found.build / "stacks" / "a.stack").write_text("")
    assert not is_committed(found)
    Repository.create(found.root)
    assert is_committed(found)
