from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from catalog_platform.errors import ToolError
from catalog_platform.packaging import BuildTarget, build, bytecode
from catalog_platform.packaging.recipe import Recipe
from catalog_platform.workspace import Toolchain
from support.bundles import names, write_function

TOOLS = Toolchain.installed()
HERE = BuildTarget.of_this_machine()
LAMBDA = BuildTarget(bytecode.PYODIDE_PYTHON, "arm64")
# A set in the code, which is compiled in the order of hashes.
SOURCE = "def known(name):\n    return name in {'one', 'two', 'three', 'four', 'five'}\n"
# https://github.com/python/cpython/blob/3.13/Include/internal/pycore_magic_number.h
MAGIC_OF_3_13 = (3571).to_bytes(2, "little") + b"\r\n"
# Hash-based, and not checked: https://peps.python.org/pep-0552/
UNCHECKED = (1).to_bytes(4, "little")


def sources(folder: Path) -> Path:
    package = folder / "greeter"
    package.mkdir(parents=True)
    (package / "handler.py").write_text(SOURCE)
    return folder


@pytest.mark.parametrize("target", [HERE, LAMBDA], ids=str)
def test_bytecode_is_for_the_targets_python_and_unchecked(
    tmp_path: Path, target: BuildTarget
) -> None:
    bytecode.add(sources(tmp_path), target)

    tag = f"cpython-{target.python.replace('.', '')}"
    content = (tmp_path / "greeter" / "__pycache__" / f"handler.{tag}.pyc").read_bytes()
    magic = importlib.util.MAGIC_NUMBER if target.native else MAGIC_OF_3_13
    assert content[:8] == magic + UNCHECKED


@pytest.mark.parametrize("target", [HERE, LAMBDA], ids=str)
def test_bytecode_is_reproducible(
    tmp_path: Path, target: BuildTarget, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = set()
    for seed in ("1", "2"):
        monkeypatch.setenv("PYTHONHASHSEED", seed)
        monkeypatch.setenv("HOME", str(tmp_path / seed))
        tree = sources(tmp_path / "a path of another length" / seed)
        bytecode.add(tree, target)
        found.add(next(tree.rglob("*.pyc")).read_bytes())

    assert len(found) == 1


def test_imports_use_the_bytecode(tmp_path: Path) -> None:
    bytecode.add(sources(tmp_path), HERE)
    # Unchecked: the source is not compared with it.
    (tmp_path / "greeter" / "handler.py").write_text("raise SystemExit('compiled again')\n")
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from greeter import handler;"
        "print(handler.known('two'), handler.known.__code__.co_filename)"
    )

    output = subprocess.run(
        [sys.executable, "-I", "-c", program], check=True, capture_output=True, text=True
    ).stdout

    # Stack traces name the file where it is, not where it was compiled.
    assert output == f"True {tmp_path / 'greeter' / 'handler.py'}\n"


def test_a_file_that_is_not_python_has_no_bytecode(tmp_path: Path) -> None:
    (sources(tmp_path) / "greeter" / "broken.py").write_text("def (:\n")

    bytecode.add(tmp_path, HERE)

    assert [path.name.partition(".")[0] for path in tmp_path.rglob("*.pyc")] == ["handler"]


def test_targets_without_a_pinned_compiler_have_no_bytecode(tmp_path: Path) -> None:
    bytecode.add(sources(tmp_path), BuildTarget("3.12", "arm64"))

    assert not list(tmp_path.rglob("*.pyc"))


def test_a_bundle_has_the_bytecode_of_all_its_sources(tmp_path: Path) -> None:
    function = write_function(tmp_path)

    bundles = [build(function, LAMBDA, tmp_path / out, TOOLS.uv) for out in ("here", "there")]

    assert Counter(Path(name).suffix for name in names(bundles[0])) == {
        ".py": 2,
        ".pyc": 2,
        ".json": 1,
    }
    assert bundles[0].read_bytes() == bundles[1].read_bytes()


def test_the_pinned_compiler_is_the_installed_one() -> None:
    package = json.loads((TOOLS.home / "node_modules" / "pyodide" / "package.json").read_text())
    lock = json.loads((TOOLS.home / "node_modules" / "pyodide" / "pyodide-lock.json").read_text())

    assert package["version"] == bytecode.PYODIDE
    assert lock["info"]["python"].rpartition(".")[0] == bytecode.PYODIDE_PYTHON


def test_another_compiler_makes_another_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe.read(write_function(tmp_path))
    before = recipe.digest(LAMBDA)
    monkeypatch.setattr(bytecode, "PYODIDE", "0.29.6")

    assert recipe.digest(LAMBDA) != before


def test_a_missing_compiler_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Toolchain, "installed", lambda: Toolchain(tmp_path))

    with pytest.raises(ToolError) as raised:
        bytecode.add(sources(tmp_path / "tree"), LAMBDA)

    assert "cannot compile a bundle for arm64/python3.13" in raised.value.message
    assert "make setup" in raised.value.hint


def test_a_compiler_for_another_python_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytecode, "PYODIDE_PYTHON", "3.12")

    with pytest.raises(ToolError) as raised:
        bytecode.add(sources(tmp_path), BuildTarget("3.12", "arm64"))

    assert "Pyodide has Python 3.13, not 3.12" in raised.value.tail
