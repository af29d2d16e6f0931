"""A repository and an assembly to scan, in which one policy of ours fails."""

from __future__ import annotations

import shutil
from pathlib import Path

from catalog_platform.commands import scan
from catalog_platform.workspace import Workspace
from support import templates
from support.templates import QUEUE, VALID, placed, python_policy


def a_workspace(examples: Workspace, root: Path) -> Workspace:
    """Return the test suite's environments with one policy, which refuses every queue."""
    shutil.copytree(examples.environments, root / "environments")
    templates.policies(root / "policies", rule_py=python_policy())
    return Workspace(root)


def an_assembly(folder: Path) -> Path:
    """Write an assembly with a queue in production."""
    queue = placed(QUEUE, "Stream/Queue", environment="production")
    return templates.assembly(folder, development={"Name": VALID}, production={"Queue": queue})


def run(workspace: Workspace, assembly: Path | None, *names: str, **options: object) -> int:
    """Run the command with default options; any of them can be given."""
    chosen = {"format": "text", "output": None, "sarif": None, **options}
    return scan.run(workspace, names=names, assembly=assembly, **chosen)  # type: ignore[arg-type]
