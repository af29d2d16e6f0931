from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.versions import main_branch
from support.git import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "repository")


def with_remote(repository: Repository, branch: str) -> None:
    repository.git("update-ref", f"refs/remotes/origin/{branch}", repository.head())


def test_without_a_remote_it_is_main(repository: Repository) -> None:
    assert main_branch.find(repository.root) == "refs/heads/main"
    repository.git("branch", "--move", "trunk")
    assert main_branch.find(repository.root) is None


def test_the_branch_of_the_remote_comes_first(repository: Repository) -> None:
    with_remote(repository, "main")
    assert main_branch.find(repository.root) == "refs/remotes/origin/main"


def test_the_default_branch_of_the_remote_comes_before_main(repository: Repository) -> None:
    with_remote(repository, "main")
    with_remote(repository, "trunk")
    repository.git("symbolic-ref", main_branch.DEFAULT, "refs/remotes/origin/trunk")
    assert main_branch.find(repository.root) == "refs/remotes/origin/trunk"


def test_a_default_branch_that_the_clone_does_not_have_is_left_out(repository: Repository) -> None:
    repository.git("symbolic-ref", main_branch.DEFAULT, "refs/remotes/origin/trunk")
    assert main_branch.find(repository.root) == "refs/heads/main"


def test_a_branch_below_main_is_not_main(repository: Repository) -> None:
    repository.git("branch", "--move", "main/old")
    assert main_branch.find(repository.root) is None


def test_outside_of_a_repository_git_fails(tmp_path: Path) -> None:
    with pytest.raises(ToolError):
        main_branch.find(tmp_path)


@pytest.mark.parametrize(
    ("reference", "name"),
    [("refs/remotes/origin/trunk", "origin/trunk"), ("refs/heads/main", "main")],
)
def test_a_branch_has_a_short_name(reference: str, name: str) -> None:
    assert main_branch.short(reference) == name
