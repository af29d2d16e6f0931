"""The main branch of a repository, as far as a clone knows it."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.git import git

# `git clone` writes it: a reference to the default branch of the remote repository.
DEFAULT = "refs/remotes/origin/HEAD"
CANDIDATES = ("refs/remotes/origin/main", "refs/heads/main")


def find(root: Path) -> str | None:
    """Return the full name of the main branch, or None when the clone knows none.

    It is the default branch of `origin`, or a branch named `main`. Raises `ToolError` when Git
    fails, as outside of a repository.
    """
    output = git(root, "for-each-ref", "--format=%(refname) %(symref)", "--", DEFAULT, *CANDIDATES)
    # References to a branch that the clone doesn't have are left out.
    targets = dict(line.split(" ", 1) for line in output.splitlines())
    if default := targets.get(DEFAULT):
        return default
    return next((each for each in CANDIDATES if each in targets), None)


def short(reference: str) -> str:
    """Return the name of a branch as people write it, such as `origin/main`."""
    return reference.removeprefix("refs/remotes/").removeprefix("refs/heads/")
