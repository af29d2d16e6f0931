from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from catalog_platform.release.commit import contains, current_commit, is_on_main
from support.git import Repository


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository.create(tmp_path / "repository")


def test_a_clean_checkout_has_its_commit(repository: Repository) -> None:
    found = current_commit(repository.root)
    assert found is not None
    assert (found.id, found.clean) == (repository.head(), True)


@pytest.mark.parametrize("file", ["file", "environments/new.yaml"])
def test_an_edited_or_untracked_file_is_a_change(repository: Repository, file: str) -> None:
    (repository.root / file).parent.mkdir(exist_ok=True)
    (repository.root / file).write_text("changed")
    found = current_commit(repository.root)
    assert found is not None
    assert not found.clean


def test_an_ignored_file_is_no_change(repository: Repository) -> None:
    (repository.root / ".git" / "info" / "exclude").write_text("build\n")
    (repository.root / "build").write_text("ignored")
    found = current_commit(repository.root)
    assert found is not None
    assert found.clean


def test_a_folder_without_a_repository_or_a_commit_has_none(tmp_path: Path) -> None:
    assert current_commit(tmp_path) is None
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    assert current_commit(tmp_path) is None


def test_a_commit_contains_itself_and_its_ancestors_only(repository: Repository) -> None:
    first = repository.head()
    second = repository.commit("second")
    repository.git("checkout", "--quiet", "-b", "other", first)
    other = repository.commit("other")
    assert contains(repository.root, second, second)
    assert contains(repository.root, second, first)
    assert contains(repository.root, first, second) is False
    assert contains(repository.root, other, second) is False


def test_a_commit_that_is_not_in_the_repository_is_unknown(repository: Repository) -> None:
    assert contains(repository.root, repository.head(), "0" * 40) is None


def test_a_shallow_clone_does_not_know_what_is_older(
    repository: Repository, tmp_path: Path
) -> None:
    repository.commit("second")
    clone = tmp_path / "clone"
    origin = f"file://{repository.root}"
    subprocess.run(["git", "clone", "--quiet", "--depth", "1", origin, clone], check=True)
    found = current_commit(clone)
    assert found is not None
    first = repository.git("rev-parse", "HEAD^").strip()
    assert contains(clone, found.id, first) is None


def test_commits_of_other_branches_are_not_on_main(repository: Repository) -> None:
    main = repository.head()
    repository.git("checkout", "--quiet", "-b", "change")
    change = repository.commit("change")
    assert is_on_main(repository.root, main)
    assert is_on_main(repository.root, change) is False


def test_the_main_branch_of_the_remote_counts_before_the_local_one(
    repository: Repository,
) -> None:
    merged = repository.head()
    unpushed = repository.commit("not pushed")
    repository.git("update-ref", "refs/remotes/origin/main", merged)
    assert is_on_main(repository.root, unpushed) is False


def test_without_a_main_branch_it_is_unknown(repository: Repository) -> None:
    repository.git("branch", "--move", "trunk")
    assert is_on_main(repository.root, repository.head()) is None
    repository.git("update-ref", "refs/remotes/origin/trunk", repository.head())
    repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    assert is_on_main(repository.root, repository.head())
