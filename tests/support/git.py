"""Small Git repositories with one file."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support.checkouts import IDENTITY


@dataclass(frozen=True)
class Repository:
    """A Git repository whose branch `main` is checked out."""

    root: Path

    @classmethod
    def create(cls, root: Path) -> Repository:
        """Create a repository with one commit."""
        root.mkdir(parents=True, exist_ok=True)
        repository = cls(root)
        repository.git("init", "--quiet", "--initial-branch=main")
        repository.commit("first")
        return repository

    def commit(self, content: str) -> str:
        """Commit a new content of the file together with all other changes; return the commit."""
        (self.root / "file").write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", content)
        return self.head()

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self.git("rev-parse", "HEAD").strip()

    def git(self, *arguments: str) -> str:
        """Run git in the repository; return its output."""
        return subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            env={**os.environ, **IDENTITY},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
