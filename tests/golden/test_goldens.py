"""Golden files of the test suite's environments; `make golden` rewrites them.

The largest template is stored in full, the others as differences from it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.manifest import Manifests
from catalog_platform.policy import assembly
from catalog_platform.policy.anchors.constructs import construct_index
from catalog_platform.workspace import Workspace
from support.goldens import compact, differences
from support.manifests import EXAMPLES, ROOT
from support.stores import GOLDEN, listed
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth

HERE = Path(__file__).parent
LARGEST = "production"
# Expressions that ids come from, and the ids.
COMPUTED = {
    "self.role_id": "Role|ReadOnlyRole",
    'name.title().replace("-", "")': r"[A-Z]\w+",
    ' + "Endpoint"': r"\w+Endpoint",
    "add_function_url(": "FunctionUrl",
}
OTHERS = tuple(name for name in EXAMPLES.environment_names() if name != LARGEST)


@pytest.fixture(scope="module")
def templates(
    examples: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, Template]:
    """Return the templates of all environments, from one synthesis with stub bundles."""
    names = (LARGEST, *OTHERS)
    manifests = [Manifests(examples).load(name) for name in names]
    found = templates_of(tmp_path_factory.mktemp("golden"), *manifests)
    return dict(zip(names, found, strict=True))


def normalised(template: Template) -> Any:
    """Return the template with placeholders for code digests, environment name and account.

    Each placeholder replaces one text only, so different templates stay different.
    """
    text = json.dumps(template.content)
    account = Manifests(EXAMPLES).load(template.environment).environment.account
    for own, placeholder in ((template.environment, "<name>"), (account, "<account>")):
        assert placeholder not in text
        text = re.sub(rf"\b{own}\b", placeholder, text)
    return json.loads(re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text))


def compare(file: Path, text: str, *, rewrite: bool) -> None:
    if rewrite:
        file.write_text(text)
    assert file.is_file(), f"{file.relative_to(ROOT)} is missing: make golden"
    assert text == file.read_text(), f"{file.relative_to(ROOT)} differs: make golden, review"


def test_the_largest_template_equals_its_golden_file(
    templates: Mapping[str, Template], golden: bool
) -> None:
    text = compact(normalised(templates[LARGEST])) + "\n"
    compare(HERE / f"{LARGEST}.json", text, rewrite=golden)


@pytest.mark.parametrize("name", OTHERS)
def test_the_differences_from_the_largest_template_equal_their_golden_file(
    templates: Mapping[str, Template], golden: bool, name: str
) -> None:
    text = differences(normalised(templates[LARGEST]), normalised(templates[name]))
    compare(HERE / f"{name}.txt", text, rewrite=golden)


def test_every_store_keeps_its_logical_id_and_its_physical_name(
    templates: Mapping[str, Template], golden: bool
) -> None:
    compare(GOLDEN, listed(templates.values()), rewrite=golden)


def test_every_golden_file_belongs_to_an_environment() -> None:
    files = {path.name for path in HERE.iterdir() if path.suffix in (".json", ".txt")}
    assert files == {f"{LARGEST}.json", *(f"{name}.txt" for name in OTHERS), GOLDEN.name}


@pytest.mark.parametrize("name", [LARGEST, *OTHERS])
def test_every_resource_has_the_line_of_the_code_with_its_id(
    templates: Mapping[str, Template], name: str
) -> None:
    (stack,), _ = assembly.read(templates[name].assembly, [name])
    for resource in stack.resources.values():
        found = construct_index().source(resource.path)
        assert found is not None, resource.path
        line = (ROOT / found.file).read_text().splitlines()[found.line - 1]
        ids = [re.sub(r"{[^}]*}", ".+", text) for text in re.findall(r'"([^"]*)"', line)]
        ids += [pattern for text, pattern in COMPUTED.items() if text in line]
        named = [re.fullmatch(id_, part) for id_ in ids for part in resource.path.split("/")]
        assert any(named), f"{resource.path}: {found}: {line}"
