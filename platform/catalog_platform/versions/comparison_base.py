"""Find the commit that a rehearsal compares with, and what differs from it."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_platform.errors import ToolError, UsageError
from catalog_platform.git import git
from catalog_platform.workspace import Workspace

MAIN_BRANCHES = ("origin/main", "main")
FETCH = "git fetch --unshallow origin main:refs/remotes/origin/main"


@dataclass(frozen=True, slots=True)
class Base:
    """A commit, and how the report names it."""

    reference: str
    commit: str


def find(workspace: Workspace, reference: str | None) -> Base:
    """Return the commit of `reference`; by default, the merge base with the main branch.

    Raises `UsageError` when there is no such commit, main branch or merge base.
    """
    if reference is not None:
        commit = _commit(workspace, reference)
        if commit is None:
            raise UsageError(
                f"--base {reference}: no such commit in {workspace.root}",
                hint=_fetch_hint(workspace)
                or "use a branch, a tag or a commit, for example origin/main",
            )
        return Base(reference, commit)
    branch = next((name for name in MAIN_BRANCHES if _commit(workspace, name)), None)
    if branch is None:
        raise UsageError(
            f"{workspace.root} has neither {' nor '.join(MAIN_BRANCHES)}, so there is no base",
            hint=_fetch_hint(workspace) or "name the deployed version: --base REF",
        )
    try:
        commit = git(workspace.root, "merge-base", branch, "HEAD").strip()
    except ToolError as error:
        raise UsageError(
            f"HEAD and {branch} have no common commit in {workspace.root}",
            hint=_fetch_hint(workspace) or "name the deployed version: --base REF",
        ) from error
    return Base(f"the merge base with {branch}", commit)


def has_environment(workspace: Workspace, base: Base, name: str) -> bool:
    """Return whether an environment has a manifest at the base."""
    try:
        git(workspace.root, "cat-file", "-e", f"{base.commit}:./environments/{name}.yaml")
    except ToolError:
        return False
    return True


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
    try:
        shallow = git(workspace.root, "rev-parse", "--is-shallow-repository").strip() == "true"
    except ToolError:
        return ""
    return f"the clone is shallow; fetch the rest: {FETCH}, or name a commit: --base REF" * shallow
