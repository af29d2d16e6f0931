"""Tables that share a limited number of characters."""

from __future__ import annotations

import pytest

from catalog_platform.report.markdown_sections import Section, fitting


def section(rows: int, title: str = "T", **changes: object) -> Section:
    lines = [(f"{title}{at}", "x" * 50) for at in range(rows)]
    return Section(**{"title": title, "columns": ("a", "b"), "rows": lines, **changes})  # type: ignore[arg-type]


def test_a_table_has_a_title_a_head_and_rows() -> None:
    assert fitting([section(1)], 1000, "see there") == (
        f"\n**T**\n\n| a | b |\n|---|---|\n| T0 | {'x' * 50} |\n"
    )


def test_a_fold_can_be_open_and_numbers_are_on_the_right() -> None:
    text = fitting([section(1, fold="open", numbers=True)], 1000, "")
    assert "<details open><summary>T</summary>\n\n| a | b |\n|---|--:|\n" in text
    assert text.endswith("\n</details>\n")
    assert "<details><summary>T" in fitting([section(1, fold="closed")], 1000, "")


def test_a_section_without_rows_is_its_title() -> None:
    assert fitting([section(0)], 1000, "") == "\nT\n"


@pytest.mark.parametrize("room", [1000, 2000, 7777])
def test_what_does_not_fit_is_counted_with_the_place_where_it_is(room: int) -> None:
    text = fitting([section(500, fold="closed")], room, "All are there.")
    assert len(text) <= room
    assert room - len(text) < 150
    shown = text.count("| T")
    assert f"**{500 - shown:,} more rows not shown.** All are there.\n\n</details>\n" in text


def test_a_long_section_leaves_the_later_ones_their_share() -> None:
    text = fitting([section(500, "A"), section(3, "B"), section(500, "C")], 6000, "")
    assert len(text) <= 6000
    assert text.count("| B") == 3
    assert text.count("| A") > text.count("| C") > 20


def test_what_one_section_does_not_need_another_one_has() -> None:
    assert fitting([section(40, "A"), section(2, "B")], 3500, "").count("| A") == 40
