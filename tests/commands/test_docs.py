from __future__ import annotations

import re

import pytest

from catalog_platform.commands import docs
from support.manifests import DEFAULTS, VALID, a_repository

LINK = re.compile(r"\]\(([^)#\s]*)(#[^)]*)?\)")


@pytest.fixture(scope="module")
def pages(repository) -> dict[str, str]:
    return docs.pages(repository)


def without_defaults(text: str) -> str:
    """Return a page without the column of default values, which are data and may change."""
    lines = [line.split(" | ") for line in text.splitlines()]
    return "\n".join(
        " | ".join(cells[:2] + cells[3:]) if len(cells) == 5 else " | ".join(cells)
        for cells in lines
    )


def test_every_page_is_fresh(repository, pages):
    stale = [
        path
        for path, text in pages.items()
        if not (repository.root / path).is_file()
        or without_defaults((repository.root / path).read_text()) != without_defaults(text)
    ]
    assert stale == [], "run `catalogctl docs`"


def test_a_default_is_in_its_column_and_nothing_else_depends_on_it(tmp_path):
    before = docs.pages(a_repository(tmp_path / "a", sample=VALID))
    other = DEFAULTS.replace("memory_mb: 512", "memory_mb: 768")
    after = docs.pages(a_repository(tmp_path / "b", defaults=other, sample=VALID))
    assert "| `768` |" in after["docs/environments.md"]
    assert before != after
    assert {path: without_defaults(text) for path, text in before.items()} == {
        path: without_defaults(text) for path, text in after.items()
    }


def test_nearly_every_rule_has_an_example(pages):
    parts = re.split(r"^### (.+)$", pages["docs/rules.md"], flags=re.MULTILINE)
    described = dict(zip(parts[1::2], parts[2::2], strict=True))
    without = [rule for rule, text in described.items() if f"[{rule}]\n" not in text]
    # These are about files, which no text on a page can show, or about two environments.
    assert set(without) <= {
        "unreadable", "not-utf-8", "hidden-character", "stray-file", "too-large", "too-expensive",
        "undeclared-difference", "extends-too-deep",
    }  # fmt: skip


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file_or_an_anchor_of_its_page(repository, pages):
    for path, text in pages.items():
        for target, anchor in LINK.findall(text):
            page = ((repository.root / path).parent / target).resolve()
            assert page.exists(), (path, target)
            if anchor and page.suffix == ".md":
                own = text if not target else page.read_text()
                assert anchor[1:] in anchors(own), (path, target, anchor)


def test_pages_are_written_once(tmp_path, capsys):
    workspace = a_repository(tmp_path / "r", sample=VALID)
    assert docs.run(workspace) == 0
    assert "docs/rules.md\n" in capsys.readouterr().out
    docs.run(workspace)
    assert capsys.readouterr().out == ""
