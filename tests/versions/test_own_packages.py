"""The Python of a version that pins other packages."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from catalog_platform import process
from catalog_platform.errors import ToolError
from catalog_platform.versions.own_packages import LOCK, interpreter
from catalog_platform.workspace import Workspace


def a_version(root: Path, pins: str | None) -> Workspace:
    """Return a repository that pins packages."""
    if pins is not None:
        (root / LOCK).parent.mkdir(parents=True)
        (root / LOCK).write_text(pins)
    return Workspace(root)


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Record the commands of uv, which then makes only a folder."""
    made: list[str] = []

    def run(arguments: Sequence[str | Path], **_options: Any) -> str:
        words = [str(each) for each in arguments]
        made.append(" ".join(words[3:5]))
        if words[3] == "venv":
            (Path(words[-1]) / "bin").mkdir(parents=True)
        elif "refused" in Path(words[-1]).read_text():
            raise ToolError("uv failed", returncode=1, tail="no such version")
        return ""

    monkeypatch.setattr(process, "run", run)
    return made


@pytest.mark.parametrize(("old", "new"), [("a==1", "a==1"), (None, "a==1"), (None, None)])
def test_the_same_pins_or_none_are_run_by_this_python(
    old: str | None, new: str | None, tmp_path: Path, commands: list[str]
) -> None:
    versions = a_version(tmp_path / "old", old), a_version(tmp_path / "new", new)
    assert interpreter(*versions) == Path(sys.executable)
    assert commands == []


def test_other_pins_are_installed_once_into_an_environment_of_their_own(
    tmp_path: Path, commands: list[str]
) -> None:
    versions = a_version(tmp_path / "old", "a==1"), a_version(tmp_path / "new", "a==2")
    found = interpreter(*versions)
    assert found.is_relative_to(tmp_path / "new" / "build" / "environments")
    assert found.parent.is_dir()
    assert commands == ["venv --python", "pip sync"]
    assert interpreter(*versions) == found
    assert len(commands) == 2


def test_an_installation_that_fails_is_made_again(tmp_path: Path, commands: list[str]) -> None:
    versions = a_version(tmp_path / "old", "refused"), a_version(tmp_path / "new", "a==2")
    for _ in range(2):
        with pytest.raises(ToolError):
            interpreter(*versions)
    assert commands == ["venv --python", "pip sync"] * 2


@pytest.mark.e2e
def test_programs_and_node_modules_of_such_an_environment_can_be_used(
    repository: Workspace, tmp_path: Path
) -> None:
    pins = (repository.root / "requirements" / "node.txt").read_text()
    versions = a_version(tmp_path / "old", pins), a_version(tmp_path / "new", None)
    python = interpreter(*versions)
    node = process.run([python.parent / "node", "--version"], timeout=60)
    assert node.startswith("v")
    assert (python.parents[2] / "node_modules" / "pyodide" / "package.json").exists()
