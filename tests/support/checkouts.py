"""Creates Git repositories with this repository's code and the test suite's environments."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from support.manifests import EXAMPLES, ROOT

IDENTITY = {
    "GIT_AUTHOR_NAME": "A Person",
    "GIT_AUTHOR_EMAIL": "person@example.com",
    "GIT_COMMITTER_NAME": "A Person",
    "GIT_COMMITTER_EMAIL": "person@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
}


@dataclass(frozen=True)
class Checkout:
    """A Git repository: `main` is the deployed version, `change` is a pull request."""

    root: Path

    @classmethod
    def of_this_repository(
        cls, root: Path, environments: Mapping[str, str] | None = None
    ) -> Checkout:
        """Copy this repository to `root`, replace its environments, and commit to `main`.

        `environments` has manifests by name; the default is those of the test suite.
        """
        copy_repository(root)
        shutil.rmtree(root / "environments")
        shutil.copytree(EXAMPLES.environments, root / "environments")
        if environments is not None:
            for name in EXAMPLES.environment_names():
                (root / "environments" / f"{name}.yaml").unlink()
            for name, text in environments.items():
                (root / "environments" / f"{name}.yaml").write_text(text)
        checkout = cls(root)
        _git(root, "init", "--quiet", "--initial-branch=main")
        _git(root, "remote", "add", "origin", "https://github.com/example/catalog.git")
        checkout._commit("deployed version")
        return checkout

    def propose(self, file: str, before: str, after: str) -> None:
        """Edit a file on the branch `change` and check out its merge with `main`.

        A workflow for a pull request gets this commit. Raises `AssertionError` when the
        file has no such text.
        """
        _git(self.root, "checkout", "--quiet", "-B", "change", "main")
        path = self.root / file
        text = path.read_text()
        assert before in text, f"{file} has no {before!r}"
        path.write_text(text.replace(before, after, 1))
        self._commit(f"edit {file}")
        _git(self.root, "checkout", "--quiet", "--detach", "main")
        _git(self.root, "merge", "--quiet", "--no-ff", "--no-edit", "change")

    def merge(self) -> None:
        """Merge the branch `change` into `main` and check it out."""
        _git(self.root, "checkout", "--quiet", "main")
        _git(self.root, "merge", "--quiet", "--no-ff", "--no-edit", "change")

    def _commit(self, message: str) -> None:
        _git(self.root, "add", "--all")
        _git(self.root, "commit", "--quiet", "--message", message)


def copy_repository(root: Path) -> None:
    """Copy all files that Git tracks or would add to the folder `root`."""
    for name in kept_files():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, root / name)


def kept_files() -> Iterator[str]:
    """Yield the files that Git tracks or would add, relative to the repository."""
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():  # deleted files can still be in the index
            yield name


def _git(root: Path, *arguments: str) -> str:
    finished = subprocess.run(
        ["git", *arguments],
        cwd=root,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(root), **IDENTITY},
        capture_output=True,
        text=True,
        check=True,
    )
    return finished.stdout
