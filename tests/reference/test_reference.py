from __future__ import annotations

from catalog_platform import reference


def test_every_page_says_that_it_is_generated_and_ends_with_one_newline() -> None:
    pages = reference.pages({}, reference.Measurements(), {})
    assert set(pages) == {
        "docs/accepted-values.md",
        "docs/environments.md",
        "docs/expressions.md",
        "docs/merging.md",
        "docs/preflight.md",
        "docs/rules.md",
    }
    for path, text in pages.items():
        assert text.startswith(f"{reference.NOTE}# "), path
        assert text.endswith("\n"), path
        assert not text.endswith("\n\n"), path
