"""Find the commit that a plan or a rehearsal compares with, and what differs from it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog_platform.errors import ToolError, UsageError
from catalog_platform.git import git
from catalog_platform.versions import main_branch
from catalog_platform.workspace import Workspace

# A merge commit has at least this many parents.
MERGED = 2
# The id of an object, by SHA-1 or SHA-256.
ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FETCH = "git fetch --unshallow origin main:refs/remotes/origin/main"


@dataclass(frozen=True, slots=True)
class Base:
    """A commit, and how the report names it."""

    reference: str
    commit: str


def find(workspace: Workspace, reference: str | None) -> Base:
    """Return the commit of `reference`; by default, the merge base with the main branch.

    In a shallow clone of a detached merge commit, which is what CI checks out for a pull request,
    the default is the commit's first parent. Raises `UsageError` when there is no such commit, main
    branch or merge base, and outside of a work tree of Git.
    """
    known = _at_once(workspace, *(() if reference is None else (reference,)))
    if known is None:
        _check_work_tree(workspace)
    if reference is not None:
        commit = known.commits[0] if known is not None else _commit(workspace, reference)
        if commit is None:
            raise UsageError(
                f"--base {reference}: no such commit in {workspace.root}",
                hint=_fetch_hint(workspace)
                or "use a branch, a tag or a commit, for example origin/main",
            )
        return Base(reference, commit)
    is_shallow = known.is_shallow if known is not None else _is_shallow(workspace)
    if is_shallow and (parent := _first_parent(workspace)) is not None:
        return parent
    return _merge_base(workspace)


@dataclass(frozen=True, slots=True)
class _Known:
    """What one run of Git says: whether the clone is shallow, and the commits of references."""

    is_shallow: bool
    commits: tuple[str, ...]


def _at_once(workspace: Workspace, *references: str) -> _Known | None:
    """Return the commits of references in a work tree with a commit; None if anything is unusual.

    What is wrong is asked one by one then.
    """
    if any(each.startswith("-") for each in references):
        return None
    revisions = [f"{each}^{{commit}}" for each in ("HEAD", *references)]
    options = ("--is-inside-work-tree", "--is-shallow-repository")
    try:
        lines = git(workspace.root, "rev-parse", *options, *revisions).splitlines()
    except ToolError:
        return None
    if len(lines) != len(options) + len(revisions) or lines[0] != "true":
        return None
    commits = tuple(lines[len(options) + 1 :])
    return _Known(lines[1] == "true", commits) if all(map(ID.fullmatch, commits)) else None


def _merge_base(workspace: Workspace) -> Base:
    """Return the merge base with the main branch. Raises `UsageError` without one."""
    branch = main_branch.find(workspace.root)
    if branch is None:
        raise UsageError(
            f"{workspace.root} has neither origin/main nor main, nor another default branch of "
            "origin, so there is no base",
            hint=_fetch_hint(workspace) or "name the deployed version: --base REF",
        )
    shown = main_branch.short(branch)
    try:
        commit = git(workspace.root, "merge-base", branch, "HEAD").strip()
    except ToolError as error:
        raise UsageError(
            f"HEAD and {shown} have no common commit in {workspace.root}",
            hint=_fetch_hint(workspace) or "name the deployed version: --base REF",
        ) from error
    return Base(f"the merge base with {shown}", commit)


def _check_work_tree(workspace: Workspace) -> None:
    """Raise `UsageError` unless the workspace is in a work tree with at least one commit."""
    try:
        inside = git(workspace.root, "rev-parse", "--is-inside-work-tree").strip() == "true"
    except ToolError as error:
        raise UsageError(
            f"{workspace.root} is in no Git repository: {error.tail.strip()}",
            hint="compare versions in a clone of the repository",
        ) from error
    if not inside:
        raise UsageError(
            f"{workspace.root} is in a bare repository, which has no working tree to compare",
            hint="compare versions in a clone, or in a worktree: git worktree add DIR",
        )
    if _commit(workspace, "HEAD") is None:
        raise UsageError(
            f"the branch that is checked out in {workspace.root} has no commit",
            hint="commit the files first: git add . && git commit",
        )


def _first_parent(workspace: Workspace) -> Base | None:
    """Return the first parent if HEAD is a detached merge commit in a shallow clone.

    Raises `UsageError` when the clone doesn't have the parent.
    """
    if _succeeds(workspace, "symbolic-ref", "--quiet", "HEAD"):
        return None
    # The commit itself names its parents, whether the clone has them or not.
    header = git(workspace.root, "cat-file", "commit", "HEAD").partition("\n\n")[0]
    parents = [line.split()[1] for line in header.splitlines() if line.startswith("parent ")]
    if len(parents) < MERGED:
        return None
    if not _succeeds(workspace, "cat-file", "-e", f"{parents[0]}^{{commit}}"):
        head = git(workspace.root, "rev-parse", "HEAD").strip()
        raise UsageError(
            f"the clone {workspace.root} doesn't have {parents[0][:12]}, the first parent of HEAD",
            hint=f"fetch it: git fetch --depth=2 origin {head}",
        )
    return Base("the first parent of HEAD", parents[0])


def has_environment(workspace: Workspace, base: Base, name: str) -> bool:
    """Return whether an environment has a manifest at the base."""
    return _succeeds(workspace, "cat-file", "-e", f"{base.commit}:./environments/{name}.yaml")


def differs(workspace: Workspace, base: Base) -> bool:
    """Return whether a file of the working tree, tracked or new, differs from the base."""
    changed = git(workspace.root, "diff", "--name-only", base.commit, "--", ".")
    return bool(changed or git(workspace.root, "ls-files", "--others", "--exclude-standard", "."))


def _commit(workspace: Workspace, reference: str) -> str | None:
    try:
        revision = f"{reference}^{{commit}}"
        return git(workspace.root, "rev-parse", "--verify", "--quiet", revision).strip()
    except ToolError:
        return None


def _fetch_hint(workspace: Workspace) -> str:
    """Return the command that fetches missing commits; empty when the clone is complete."""
    text = f"the clone is shallow; fetch the rest: {FETCH}, or name a commit: --base REF"
    return text if _is_shallow(workspace) else ""


def _is_shallow(workspace: Workspace) -> bool:
    return git(workspace.root, "rev-parse", "--is-shallow-repository").strip() == "true"


def _succeeds(workspace: Workspace, *arguments: str) -> bool:
    try:
        git(workspace.root, *arguments)
    except ToolError:
        return False
    return True
