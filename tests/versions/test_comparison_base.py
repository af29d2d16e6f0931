"""The commit that a rehearsal compares with."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from catalog_platform.errors import UsageError
from catalog_platform.git import git as run_git
from catalog_platform.versions.comparison_base import differs, find, has_environment
from catalog_platform.workspace import Workspace
from support.checkouts import IDENTITY
from support.manifests import VALID, a_repository


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=root, check=True, timeout=60, capture_output=True, text=True
    ).stdout.strip()


def commit(root: Path, text: str) -> str:
    (root / "environments" / "sample.yaml").write_text(text)
    git(root, "add", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "Change")
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A repository with the branch `main`, whose commit has the environment `sample`."""
    for name, value in IDENTITY.items():
        monkeypatch.setenv(name, value)
    made = a_repository(tmp_path / "r", sample=VALID)
    git(made.root, "init", "-q", "-b", "main")
    commit(made.root, VALID)
    return made


def test_the_default_is_the_merge_base_with_main(workspace: Workspace) -> None:
    root = workspace.root
    start = git(root, "rev-parse", "HEAD")
    git(root, "checkout", "-q", "-b", "change")
    commit(root, VALID + "# edited\n")
    git(root, "checkout", "-q", "main")
    commit(root, VALID + "# meanwhile\n")
    git(root, "checkout", "-q", "--detach", "change")
    found = find(workspace, None)
    assert (found.reference, found.commit) == ("the merge base with main", start)
    assert differs(workspace, found)


def test_the_main_branch_of_the_remote_comes_first(workspace: Workspace) -> None:
    start = git(workspace.root, "rev-parse", "HEAD")
    git(workspace.root, "update-ref", "refs/remotes/origin/main", start)
    commit(workspace.root, VALID + "# edited\n")
    found = find(workspace, None)
    assert (found.reference, found.commit) == ("the merge base with origin/main", start)


def test_the_default_branch_of_the_remote_may_have_another_name(workspace: Workspace) -> None:
    root, start = workspace.root, git(workspace.root, "rev-parse", "HEAD")
    git(root, "branch", "-q", "-m", "trunk")
    git(root, "update-ref", "refs/remotes/origin/trunk", start)
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    commit(root, VALID + "# edited\n")
    found = find(workspace, None)
    assert (found.reference, found.commit) == ("the merge base with origin/trunk", start)


def test_without_a_main_branch_the_base_has_to_be_named(workspace: Workspace) -> None:
    git(workspace.root, "branch", "-q", "-m", "trunk")
    with pytest.raises(UsageError, match="neither origin/main nor main") as caught:
        find(workspace, None)
    assert "--base REF" in caught.value.hint
    assert find(workspace, "trunk").reference == "trunk"


def test_histories_without_a_common_commit_are_a_usage_error(workspace: Workspace) -> None:
    git(workspace.root, "checkout", "-q", "--orphan", "other")
    commit(workspace.root, VALID + "# of another history\n")
    with pytest.raises(UsageError, match="no common commit"):
        find(workspace, None)


@pytest.mark.parametrize("reference", [None, "origin/main~1"])
def test_a_shallow_clone_names_what_to_fetch(
    reference: str | None, workspace: Workspace, tmp_path: Path
) -> None:
    commit(workspace.root, VALID + "# edited\n")
    clone = tmp_path / "clone"
    source = workspace.root.as_uri()
    git(tmp_path, "clone", "-q", "--depth", "1", source, str(clone))
    git(clone, "checkout", "-q", "--detach")
    git(clone, "branch", "-q", "-D", "main")
    git(clone, "update-ref", "-d", "refs/remotes/origin/main")
    with pytest.raises(UsageError) as caught:
        find(Workspace(clone), reference)
    assert "git fetch --unshallow origin main" in caught.value.hint


@pytest.mark.parametrize("reference", ["nowhere", "main:environments", "--all"])
def test_a_base_that_is_no_commit_is_a_usage_error(reference: str, workspace: Workspace) -> None:
    with pytest.raises(UsageError, match=f"--base {reference}: no such commit"):
        find(workspace, reference)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [("main", ["rev-parse"]), (None, ["rev-parse", "for-each-ref", "merge-base"])],
)
def test_few_runs_of_git_find_the_base(
    reference: str | None,
    expected: list[str],
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    commands: list[str] = []

    def counted(root: Path, *arguments: str) -> str:
        commands.append(arguments[0])
        return run_git(root, *arguments)

    for module in ("comparison_base", "main_branch"):
        monkeypatch.setattr(f"catalog_platform.versions.{module}.git", counted)
    assert find(workspace, reference).commit == git(workspace.root, "rev-parse", "HEAD")
    assert commands == expected


def test_edits_and_new_files_are_differences(workspace: Workspace) -> None:
    base = find(workspace, None)
    assert not differs(workspace, base)
    new = workspace.environments / "new.yaml"
    new.write_text(VALID)
    assert differs(workspace, base)
    new.unlink()
    (workspace.environments / "sample.yaml").write_text(VALID + "# edited\n")
    assert differs(workspace, base)


def test_the_environments_of_the_base_are_known(workspace: Workspace) -> None:
    base = find(workspace, None)
    assert has_environment(workspace, base, "sample")
    assert not has_environment(workspace, base, "other")


def merged(workspace: Workspace) -> str:
    """Check out a detached merge commit, as CI does for a pull request; return its parent."""
    root = workspace.root
    git(root, "checkout", "-q", "-b", "change")
    commit(root, VALID + "# edited\n")
    git(root, "checkout", "-q", "main")
    deployed = commit(root, VALID)
    git(root, "checkout", "-q", "--detach")
    git(root, "merge", "-q", "--no-ff", "-m", "Merge", "change")
    git(root, "update-ref", "refs/pull/7/merge", "HEAD")
    return deployed


def cloned(workspace: Workspace, clone: Path, depth: int) -> Workspace:
    """Return a clone of the merge commit only, as CI makes it."""
    git(workspace.root, "init", "-q", str(clone))
    git(clone, "remote", "add", "origin", workspace.root.as_uri())
    git(clone, "fetch", "-q", f"--depth={depth}", "origin", "refs/pull/7/merge")
    git(clone, "checkout", "-q", "--detach", "FETCH_HEAD")
    return Workspace(clone)


def test_the_base_of_a_shallow_merge_commit_is_its_first_parent(
    workspace: Workspace, tmp_path: Path
) -> None:
    deployed = merged(workspace)
    clone = cloned(workspace, tmp_path / "clone", 2)
    found = find(clone, None)
    assert (found.reference, found.commit) == ("the first parent of HEAD", deployed)
    assert find(clone, "HEAD^1").commit == deployed


def test_a_clone_without_the_first_parent_names_the_command_that_fetches_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    deployed = merged(workspace)
    clone = cloned(workspace, tmp_path / "clone", 1)
    with pytest.raises(UsageError, match="the first parent of HEAD") as caught:
        find(clone, None)
    command = caught.value.hint.removeprefix("fetch it: ").split()
    assert command[:4] == ["git", "fetch", "--depth=2", "origin"]
    git(clone.root, *command[1:])
    assert find(clone, None).commit == deployed


def test_a_merge_commit_in_a_complete_clone_is_compared_with_the_main_branch(
    workspace: Workspace,
) -> None:
    deployed = merged(workspace)
    found = find(workspace, None)
    assert (found.reference, found.commit) == ("the merge base with main", deployed)


def test_a_worktree_has_the_base_of_its_own_head(workspace: Workspace, tmp_path: Path) -> None:
    deployed = merged(workspace)
    git(workspace.root, "worktree", "add", "-q", "--detach", str(tmp_path / "tree"), "change")
    assert find(Workspace(tmp_path / "tree"), "main").commit == deployed
    assert find(Workspace(tmp_path / "tree"), None).reference == "the merge base with main"


def test_a_branch_without_a_commit_is_a_usage_error(workspace: Workspace) -> None:
    git(workspace.root, "checkout", "-q", "--orphan", "other")
    with pytest.raises(UsageError, match="has no commit") as caught:
        find(workspace, "main")
    assert "git commit" in caught.value.hint


def test_a_folder_outside_of_git_and_a_bare_repository_are_usage_errors(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="is in no Git repository"):
        find(a_repository(tmp_path / "copy", sample=VALID), "main")
    git(workspace.root, "clone", "-q", "--bare", str(workspace.root), str(tmp_path / "bare"))
    bare = a_repository(tmp_path / "bare", sample=VALID)
    with pytest.raises(UsageError, match="bare repository"):
        find(bare, "main")
