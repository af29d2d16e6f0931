"""What the environments become, as files to be reviewed: `make golden` rewrites them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from catalog_platform import manifest
from catalog_platform.workspace import Workspace
from support.stateful import stateful_logical_ids
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
NAMES = Workspace(ROOT).environment_names()


@pytest.fixture(scope="module")
def templates(
    repository: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Template]:
    """The templates of all environments, from one synthesis with stub bundles."""
    found = templates_of(
        tmp_path_factory.mktemp("golden"), *(manifest.load(repository, name) for name in NAMES)
    )
    return dict(zip(NAMES, found, strict=True))


def normalised(template: Template) -> str:
    """The template with sorted keys, and without digests of code."""
    text = json.dumps(template.content, indent=1, sort_keys=True)
    return re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text) + "\n"


def stateful(template: Template) -> str:
    """One line per store: construct path, type and logical id."""
    return "".join(" ".join(entry) + "\n" for entry in stateful_logical_ids(template))


def compare(file: Path, text: str, *, rewrite: bool) -> None:
    if rewrite:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    assert file.is_file(), f"{file.relative_to(ROOT)} is missing: make golden"
    assert text == file.read_text(), f"{file.relative_to(ROOT)} differs: make golden, review"


@pytest.mark.parametrize("name", NAMES)
def test_the_template_is_the_one_that_was_reviewed(
    templates: dict[str, Template], golden: bool, name: str
) -> None:
    compare(HERE / name / "template.json", normalised(templates[name]), rewrite=golden)


@pytest.mark.parametrize("name", NAMES)
def test_every_store_keeps_its_logical_id(
    templates: dict[str, Template], golden: bool, name: str
) -> None:
    compare(HERE / name / "stateful_logical_ids.txt", stateful(templates[name]), rewrite=golden)


def test_there_is_no_golden_of_an_environment_that_is_gone() -> None:
    assert {path.parent.name for path in HERE.glob("*/template.json")} == set(NAMES)
