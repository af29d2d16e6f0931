"""The SBOM: valid against CycloneDX's schema, complete and reproducible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from catalog_platform import __version__
from catalog_platform.errors import PlatformError
from catalog_platform.packaging import BuildTarget, sbom
from catalog_platform.packaging.recipe import Recipe
from support.bundles import REQUIREMENT, write_function

LAMBDA = BuildTarget("3.13", "arm64")
PINS = REQUIREMENT + "    # via -r functions/greeter/requirements.in\n"
OTHER = "other==2.0 \\\n    --hash=sha256:00\n    # via six\n"


def a_recipe(folder: Path, requirements: str = PINS + OTHER) -> Recipe:
    library = folder / "functions" / "tools" / "src" / "tools"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("")
    bundle = 'libraries = ["tools"]'
    return Recipe.read(write_function(folder, requirements=requirements, bundle=bundle))


def a_tree(folder: Path, *installed: str) -> Path:
    tree = folder / "tree"
    for name in installed:
        (tree / f"{name}.dist-info").mkdir(parents=True)
    return tree


def bill(recipe: Recipe, tree: Path, target: BuildTarget = LAMBDA) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(sbom.write(recipe, target, tree).read_text())
    return found


def invalid(text: str) -> object:
    return JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)


def test_it_is_valid_cyclonedx(tmp_path: Path) -> None:
    text = sbom.write(a_recipe(tmp_path), LAMBDA, a_tree(tmp_path, "six-1.17.0")).read_text()

    assert invalid(text) is None
    # The validator detects errors.
    assert invalid(text.replace('"application"', '"spaceship"')) is not None
    assert invalid(text.replace('"specVersion"', '"spec"')) is not None


def test_it_lists_function_libraries_and_packages_with_dependencies(
    tmp_path: Path,
) -> None:
    found = bill(a_recipe(tmp_path), a_tree(tmp_path, "six-1.17.0", "Other-2.0"))

    assert found["metadata"]["component"]["name"] == "greeter"
    assert found["metadata"]["component"]["version"] == __version__
    assert [each["name"] for each in found["components"]] == ["other", "six", "tools"]
    assert {each["ref"]: each.get("dependsOn", []) for each in found["dependencies"]} == {
        f"greeter@{__version__}": ["pkg:pypi/six@1.17.0", f"tools@{__version__}"],
        f"tools@{__version__}": [],
        "pkg:pypi/six@1.17.0": ["pkg:pypi/other@2.0"],
        "pkg:pypi/other@2.0": [],
    }


def test_pins_that_are_not_installed_are_omitted(tmp_path: Path) -> None:
    found = bill(a_recipe(tmp_path), a_tree(tmp_path, "six-1.17.0"))

    assert [each["name"] for each in found["components"]] == ["six", "tools"]


@pytest.mark.parametrize("installed", ["six-1.16.0", "stranger-1.0"])
def test_installed_packages_without_a_pin_are_refused(tmp_path: Path, installed: str) -> None:
    with pytest.raises(PlatformError, match=installed.replace("-", "==")):
        bill(a_recipe(tmp_path), a_tree(tmp_path, installed))


def test_it_depends_only_on_the_recipe_and_the_files(tmp_path: Path) -> None:
    here = bill(a_recipe(tmp_path / "here"), a_tree(tmp_path / "here", "six-1.17.0"))
    there = a_recipe(tmp_path / "there")
    tree = a_tree(tmp_path / "there", "six-1.17.0")

    assert bill(there, tree) == here
    assert here["metadata"]["timestamp"] == "1980-01-01T00:00:00+00:00"
    other = bill(there, tree, BuildTarget("3.13", "x86_64"))
    assert other["serialNumber"] != here["serialNumber"]
    assert other["components"] == here["components"]


def test_comments_in_the_requirements_change_nothing(tmp_path: Path) -> None:
    tree = a_tree(tmp_path, "six-1.17.0")
    before = bill(a_recipe(tmp_path), tree)

    assert bill(a_recipe(tmp_path / "commented", f"# a comment\n{PINS}{OTHER}"), tree) == before


def test_it_has_the_digest_of_all_other_files(tmp_path: Path) -> None:
    recipe, tree = a_recipe(tmp_path), a_tree(tmp_path, "six-1.17.0")
    before = bill(recipe, tree)
    (tree / "six.py").write_text("")

    after = bill(recipe, tree)

    assert after["metadata"]["properties"] != before["metadata"]["properties"]
    assert after["serialNumber"] != before["serialNumber"]


def test_the_bytes_are_the_same_in_every_process(tmp_path: Path) -> None:
    recipe = a_recipe(tmp_path)
    tree = a_tree(tmp_path, "six-1.17.0", "Other-2.0")
    code = (
        "import sys; from pathlib import Path;"
        "from catalog_platform.packaging import BuildTarget, sbom;"
        "from catalog_platform.packaging.recipe import Recipe;"
        "function, tree = map(Path, sys.argv[1:]);"
        "print(sbom.write(Recipe.read(function), BuildTarget('3.13', 'arm64'), tree).read_text())"
    )
    function = recipe.requirements.parent
    made = {
        subprocess.run(
            [sys.executable, "-c", code, function, tree],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(made) == 1
