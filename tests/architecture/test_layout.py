"""The layout of the repository: folders, file lengths and module names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LONGEST_FILE = 300
LONGEST_FUNCTION = 50
VAGUE = {"utils", "util", "helpers", "common", "manager", "constants", "base", "misc"}
# Registry hosts and absolute paths are specific to one machine.
LEAKS = re.compile(
    r"registry\.(npmjs|yarnpkg)\.|files\.pythonhosted\.org|pypi\.org/simple|/root/|/home/\w|/Users/\w"
)


def sources(root: Path) -> Iterator[Path]:
    for folder in ("platform", "functions", "policies", "tests"):
        for path in sorted((root / folder).rglob("*.py")):
            if "node_modules" not in path.parts and "build" not in path.parts:
                yield path


def kept_by_git(root: Path) -> Iterator[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (root / name).is_file():
            yield root / name


def test_the_platform_folder_contains_packages_only(repository):
    platform = repository.root / "platform"
    assert list(platform.glob("*.py")) == []
    assert [*platform.rglob("test_*.py"), *platform.rglob("conftest.py")] == []
    assert not (repository.root / "tests" / "platform").exists()


def test_test_folders_are_not_packages(repository):
    assert list((repository.root / "tests").rglob("__init__.py")) == []


@pytest.mark.parametrize("how", ["-c", "-m", "pytest"])
def test_the_platform_module_of_the_standard_library_is_not_shadowed(repository, tmp_path, how):
    report = "import platform, sys; print(platform.__file__, platform.python_version())"
    probe = tmp_path / "test_probe.py"
    probe.write_text(f"def test_it():\n    {report}\n")
    commands = {
        "-c": ["-c", report],
        "-m": ["-m", "platform"],
        "pytest": ["-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", str(probe)],
    }
    finished = subprocess.run(
        [sys.executable, *commands[how]],
        cwd=repository.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    standard = Path(ast.__file__).with_name("platform.py")
    expected = "Linux" if how == "-m" else str(standard)
    assert expected.lower() in finished.stdout.lower()


def test_no_file_exceeds_the_maximum_length(repository):
    lengths = {path: len(path.read_text().splitlines()) for path in sources(repository.root)}
    assert {path: n for path, n in lengths.items() if n > LONGEST_FILE} == {}


def test_no_function_exceeds_the_maximum_length(repository):
    long = []
    for path in sources(repository.root):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long.append(f"{path}:{node.lineno}: {node.name} has {length} lines")
    assert long == []


def test_no_module_has_a_vague_name(repository):
    assert [path for path in sources(repository.root) if path.stem in VAGUE] == []


def test_nothing_committed_names_a_registry_or_a_machine(repository):
    leaks = []
    for path in kept_by_git(repository.root):
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        leaks += [f"{path}: {found.group()}" for found in LEAKS.finditer(text)]
    assert leaks == []
