"""The Git commit of a checkout, and its relation to the main branch and to other commits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.git import git
from catalog_platform.versions import main_branch

SHOWN_DIGITS = 12
HEAD = re.compile(r"# branch\.oid ([0-9a-f]+)")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit id. `clean` is false when the checkout had changes that are not committed."""

    id: str
    clean: bool

    @property
    def short(self) -> str:
        """Return the first digits of the id, for messages."""
        return self.id[:SHOWN_DIGITS]


def current_commit(root: Path, *paths: str) -> Commit | None:
    """Return the commit of a checkout, or None when it is no Git repository or has no commit.

    It is clean without changes below `paths`, by default in the whole repository. Untracked files
    count as changes, because a new manifest is one; ignored files don't.
    https://git-scm.com/docs/git-status#_porcelain_format_version_2
    """
    # A repository can be configured to hide untracked files.
    options = ("--porcelain=v2", "--branch", "--no-ahead-behind", "--untracked-files=normal")
    try:
        lines = git(root, "status", *options, "--", *paths).splitlines()
    except PlatformError:
        return None
    found = next(filter(None, map(HEAD.fullmatch, lines)), None)
    if found is None:
        return None
    return Commit(found[1], clean=all(line.startswith("# ") for line in lines))


def agreed(made_from: Commit | None, later: Commit | None) -> Commit | None:
    """Return the first commit; it is not clean unless the checkout still was the same `later`."""
    if made_from is None or made_from == later:
        return made_from
    return Commit(made_from.id, clean=False)


def is_on_main(root: Path, commit: str) -> bool | None:
    """Return whether the main branch contains a commit; None when that is unknown."""
    try:
        branch = main_branch.find(root)
    except PlatformError:
        return None
    return contains(root, branch, commit) if branch is not None else None


def contains(root: Path, commit: str, earlier: str) -> bool | None:
    """Return whether `commit`, or the branch of that name, is `earlier` or a descendant of it.

    Returns None when the repository does not have both commits or their history, as in a shallow
    clone.
    """
    if commit == earlier:
        return True
    try:
        git(root, "merge-base", "--is-ancestor", earlier, commit)
    except ToolError as error:
        if error.returncode != 1 or _is_shallow(root):
            return None
        return False
    return True


def _is_shallow(root: Path) -> bool:
    return git(root, "rev-parse", "--is-shallow-repository").strip() != "false"
