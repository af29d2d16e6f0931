"""The Git commit of a checkout, and its relation to the main branch and to other commits."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import process
from catalog_platform.errors import ToolError

GIT_SECONDS = 60.0
MAIN_BRANCHES = ("refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/heads/main")
SHOWN_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit id. `clean` is false when the checkout had changes that are not committed."""

    id: str
    clean: bool

    @property
    def short(self) -> str:
        """Return the first digits of the id, for messages."""
        return self.id[:SHOWN_DIGITS]


def current_commit(root: Path) -> Commit | None:
    """Return the commit of a checkout, or None when it is no Git repository or has no commit.

    Untracked files count as changes, because a new manifest is one; ignored files don't.
    """
    try:
        commit = _git(root, "rev-parse", "--verify", "--quiet", "HEAD").strip()
        return Commit(commit, clean=not _git(root, "status", "--porcelain").strip())
    except ToolError:
        return None


def is_on_main(root: Path, commit: str) -> bool | None:
    """Return whether the main branch contains a commit; None when that is unknown."""
    for branch in MAIN_BRANCHES:
        try:
            main = _git(root, "rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}").strip()
        except ToolError:
            continue
        return contains(root, main, commit)
    return None


def contains(root: Path, commit: str, earlier: str) -> bool | None:
    """Return whether `commit` is `earlier` or a descendant of it.

    Returns None when the repository does not have both commits or their history, as in a shallow
    clone.
    """
    if commit == earlier:
        return True
    try:
        _git(root, "merge-base", "--is-ancestor", earlier, commit)
    except ToolError as error:
        if error.returncode != 1 or _is_shallow(root):
            return None
        return False
    return True


def _is_shallow(root: Path) -> bool:
    return _git(root, "rev-parse", "--is-shallow-repository").strip() != "false"


def _git(root: Path, *arguments: str) -> str:
    """Run git. Raises `ToolError` also when git is not installed."""
    return process.run([shutil.which("git") or "git", "-C", root, *arguments], timeout=GIT_SECONDS)
