"""The files of a commit, and those of the working tree that differ from it, as Git names them."""

from __future__ import annotations

from collections.abc import Iterable

from catalog_platform.git import git
from catalog_platform.workspace import Workspace

SUBMODULE = "160000"


class CommitFiles:
    """The files of a commit below some paths, with the ids of their contents."""

    def __init__(self, workspace: Workspace, commit: str, *paths: str) -> None:
        """List the files with one run of Git."""
        self.commit = commit
        listed = git(workspace.root, "ls-tree", "-r", commit, "--", *paths)
        self._lines = tuple(line for line in listed.split("\n") if line)

    def below(self, *paths: str) -> str:
        """Return the list of the files below some paths: mode, type, id and name of each."""
        return "".join(f"{line}\n" for line in self._lines if is_below(_name(line), paths))

    def has(self, path: str) -> bool:
        """Return whether there is a file at a path or below it. A submodule has none here."""
        return any(
            is_below(_name(line), (path,)) and not line.startswith(SUBMODULE)
            for line in self._lines
        )

    def submodules(self, *paths: str) -> list[str]:
        """Return the names of the submodules below some paths."""
        names = [_name(line) for line in self._lines if line.startswith(SUBMODULE)]
        return [name for name in names if is_below(name, paths)]


def changed_files(workspace: Workspace, commit: str, *paths: str) -> list[str]:
    """Return the files below Git's `paths` that differ from a commit, new ones included."""
    tracked = git(workspace.root, "diff", "--name-only", "--relative", commit, "--", *paths)
    new = git(workspace.root, "ls-files", "--others", "--exclude-standard", "--", *paths)
    return sorted({*tracked.splitlines(), *new.splitlines()})


def is_below(name: str, paths: Iterable[str]) -> bool:
    """Return whether a file is one of some paths, or in such a folder.

    Git writes names with unusual characters in quotes.
    """
    bare = name.removeprefix('"')
    return any(name == path or bare.startswith(f"{path}/") for path in paths)


def _name(line: str) -> str:
    return line.partition("\t")[2]
