from __future__ import annotations

import re

import pytest

from catalog_platform.commands import docs
from catalog_platform.manifest import rulebook
from catalog_platform.manifest.documentation import keys
from catalog_platform.manifest.functions import FUNCTIONS
from support.manifests import SOUND, a_repository

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")


@pytest.fixture(scope="module")
def pages(repository) -> dict[str, str]:
    return docs.pages(repository)


def test_every_page_is_fresh(repository, pages):
    stale = [
        path
        for path, text in pages.items()
        if not (repository.root / path).is_file() or (repository.root / path).read_text() != text
    ]
    assert stale == [], "run `catalogctl docs`"


def test_no_page_is_left_of_a_rule_that_is_gone(repository, pages):
    there = {f"docs/rules/{file.name}" for file in (repository.root / "docs/rules").glob("*.md")}
    assert there == {path for path in pages if path.startswith("docs/rules/")}


def test_every_key_is_on_the_page_with_its_default_and_meaning(pages):
    page = pages["docs/environments.md"]
    for key in keys():
        section, _, name = key.partition(".")
        part = page[page.index(f"\n## {section}\n") :]
        assert not name or f"| `{name}` | " in part, key


def test_every_function_is_on_the_page(pages):
    page = pages["docs/expressions.md"]
    assert [name for name in FUNCTIONS if f"### `{name}(" not in page] == []


def test_every_rule_has_a_page_and_nearly_every_page_an_example(pages):
    without = [rule for rule in rulebook.rules() if "```yaml" not in pages[rulebook.page(rule)]]
    # These are about files, which no text on a page can show, or about two environments.
    assert set(without) <= {
        "unreadable", "not-utf-8", "hidden-character", "stray-file", "too-large", "too-expensive",
        "undeclared-difference", "extends-too-deep",
    }  # fmt: skip


def test_every_link_leads_to_a_file(repository, pages):
    for path, text in pages.items():
        for target, _ in LINK.findall(text):
            assert ((repository.root / path).parent / target).resolve().exists(), (path, target)


def test_pages_are_written_once_and_stale_ones_removed(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=SOUND)
    (workspace.root / "docs/rules").mkdir(parents=True)
    (workspace.root / "docs/rules/gone.md").write_text("old")
    assert docs.run(workspace) == 0
    assert "docs/rules/gone.md (gone)" in capsys.readouterr().out
    docs.run(workspace)
    assert capsys.readouterr().out == ""
