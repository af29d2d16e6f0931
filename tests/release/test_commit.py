from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from catalog_platform.release.commit import Commit, agreed, contains, current_commit, is_on_main
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


@pytest.mark.parametrize("file", ["home/.gitconfig", "repository/.git/config"])
def test_an_untracked_file_is_a_change_whatever_git_shows(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    with (tmp_path / file).open("a") as configuration:
        configuration.write("[status]\n\tshowUntrackedFiles = no\n")
    (repository.root / "new.py").write_text("new")
    command = ["git", "-C", str(repository.root), "status", "--porcelain"]
    user = {"PATH": os.environ["PATH"], "HOME": str(home)}
    assert subprocess.run(command, env=user, capture_output=True, check=True).stdout == b""
    assert current_commit(repository.root) == Commit(repository.head(), clean=False)


@pytest.mark.parametrize("configured", [False, True])
def test_what_only_the_user_ignores_is_a_change(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configured: bool
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    ignored = tmp_path / ".config" / "git" / "ignore"  # the default
    ignored.parent.mkdir(parents=True)
    ignored.write_text("*.py\n")
    if configured:
        (tmp_path / ".gitconfig").write_text(f"[core]\n\texcludesFile = {ignored}\n")
    (repository.root / "new.py").write_text("new")
    assert current_commit(repository.root) == Commit(repository.head(), clean=False)


def test_changes_outside_of_the_given_folder_are_left_out(repository: Repository) -> None:
    inside = repository.root / "inside"
    inside.mkdir()
    (repository.root / "file").write_text("changed")
    assert current_commit(inside, ".") == Commit(repository.head(), clean=True)
    assert current_commit(inside) == Commit(repository.head(), clean=False)


def test_a_commit_is_clean_only_if_the_checkout_stays_the_same() -> None:
    first, second = Commit("a", clean=True), Commit("b", clean=True)
    assert agreed(first, first) == first
    for later in (second, Commit("a", clean=False), None):
        assert agreed(first, later) == Commit("a", clean=False)
    assert agreed(None, first) is None


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
