"""A repository with any number of environments like production, to be edited and measured."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "tests" / "manifests" / "environments"
CODE = ("platform", "functions", "policies", "requirements")
FILES = ("package.json", "package-lock.json", "pyproject.toml")
IDENTITY = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@localhost")


@dataclass(frozen=True, slots=True)
class Repository:
    """A Git repository whose only commit is the base of all edits."""

    root: Path
    names: tuple[str, ...]

    @classmethod
    def create(cls, root: Path, count: int) -> Repository:
        """Copy the code, write `count` environments, and commit all of it."""
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        for name in CODE:
            shutil.copytree(ROOT / name, root / name, ignore=ignored)
        for name in FILES:
            shutil.copy(ROOT / name, root / name)
        (root / "environments").mkdir()
        shutil.copy(EXAMPLES / "defaults.yaml", root / "environments")
        made = cls(root, tuple(f"env-{number:04}" for number in range(count)))
        for number, name in enumerate(made.names):
            made._file(name).write_text(_manifest(name, number))
        (root / ".gitignore").write_text("build/\ncdk.out/\n")
        for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "base")):
            subprocess.run(["git", *IDENTITY, *command], cwd=root, check=True)
        (root / "build").mkdir()
        (root / "build" / "bundles").symlink_to(ROOT / "build" / "bundles")
        return made

    def edit(self, name: str, number: int) -> None:
        """Give one key of an environment another value than in the base.

        `number` selects the value; from -1.
        """
        text = self._file(name).read_text()
        edited = re.sub(r"memory_mb: \d+", f"memory_mb: {1152 + 64 * number}", text)
        self._file(name).write_text(edited)

    def edit_all(self, number: int) -> None:
        """Give one key of all environments another value."""
        file = self.root / "environments" / "defaults.yaml"
        text = re.sub(r"owner: .*", f"owner: team-{number}", file.read_text())
        file.write_text(text)

    def restore(self) -> None:
        """Undo all edits."""
        subprocess.run(["git", "checkout", "-q", "."], cwd=self.root, check=True)

    def forget(self, *, base: bool = True) -> None:
        """Remove what earlier commands have left except the bundles; `base`: its stacks too."""
        kept = {"bundles"} if base else {"bundles", "stacks"}
        for path in (self.root / "build").iterdir():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _file(self, name: str) -> Path:
        return self.root / "environments" / f"{name}.yaml"


def _manifest(name: str, number: int) -> str:
    text = (EXAMPLES / "production.yaml").read_text().replace("name: production", f"name: {name}")
    return text.replace("10.30.0.0/16", f"10.{number // 16 % 256}.{number % 16 * 16}.0/20")
