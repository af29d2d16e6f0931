from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.packaging import BuildTarget
from catalog_platform.packaging.recipe import Recipe
from support.bundles import write_function
from support.permissions import forbid_listing

LAMBDA = BuildTarget("3.13", "arm64")


def test_the_digest_depends_on_every_input(tmp_path: Path) -> None:
    function = write_function(tmp_path)
    library = tmp_path / "functions" / "tools" / "src" / "tools"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("")
    digests = [Recipe.read(function).digest(LAMBDA)]

    digests.append(Recipe.read(function).digest(BuildTarget("3.13", "x86_64")))
    digests.append(Recipe.read(function).digest(BuildTarget("3.12", "arm64")))
    (function / "src" / "greeter" / "handler.py").write_text("def handle(event, context): ...\n")
    digests.append(Recipe.read(function).digest(LAMBDA))
    (function / "requirements.txt").write_text("# nothing\n")
    digests.append(Recipe.read(function).digest(LAMBDA))
    (function / "bundle.toml").write_text('services = ["s3"]\n')
    digests.append(Recipe.read(function).digest(LAMBDA))
    (function / "bundle.toml").write_text('services = ["s3"]\nlibraries = ["tools"]\n')
    digests.append(Recipe.read(function).digest(LAMBDA))
    (library / "new.py").write_text("")
    digests.append(Recipe.read(function).digest(LAMBDA))

    assert len(set(digests)) == len(digests)


def test_the_digest_ignores_path_time_and_bytecode(tmp_path: Path) -> None:
    here, there = write_function(tmp_path / "here"), write_function(tmp_path / "there")
    (there / "src" / "greeter" / "__pycache__").mkdir()
    (there / "src" / "greeter" / "__pycache__" / "handler.pyc").write_bytes(b"x")
    (there / "README.md").write_text("words")

    assert Recipe.read(here).digest(LAMBDA) == Recipe.read(there).digest(LAMBDA)


def test_missing_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "greeter").mkdir()
    (tmp_path / "greeter" / "bundle.toml").write_text('libraries = ["tools"]\n')

    with pytest.raises(PlatformError) as raised:
        Recipe.read(tmp_path / "greeter")

    for name in ("requirements.txt", "src/greeter/handler.py", "tools/src"):
        assert name in raised.value.message


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("service = []", "unknown key 'service'"),
        ('services = "s3"', "services: 's3' is not a list"),
        ("libraries = [1]", r"libraries: \[1\] is not a list"),
        ("services = [", "not valid TOML"),
    ],
)
def test_a_wrong_declaration_is_explained(tmp_path: Path, content: str, message: str) -> None:
    function = write_function(tmp_path, bundle=content)

    with pytest.raises(PlatformError, match=message):
        Recipe.read(function)


def test_unlistable_sources_raise_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    function = write_function(tmp_path)
    (function / "src" / "greeter" / "migrations").mkdir()
    forbid_listing(monkeypatch, function / "src" / "greeter" / "migrations")
    with pytest.raises(PermissionError):
        Recipe.read(function).digest(LAMBDA)
