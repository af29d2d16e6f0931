from __future__ import annotations

from catalog_platform.reference.table import code, table


def test_a_table_has_a_head_and_one_line_for_each_row() -> None:
    assert table(("a", "b"), [("1", "2"), ("3", "4")]) == (
        "| a | b |\n| --- | --- |\n| 1 | 2 |\n| 3 | 4 |\n"
    )


def test_a_cell_cannot_end_its_cell_or_its_line() -> None:
    assert table(("a",), [("x|y\nz",)]).splitlines()[-1] == "| x\\|y z |"


def test_code_may_contain_a_backtick_and_may_be_empty() -> None:
    assert (code("a"), code("a`b"), code("")) == ("`a`", "``a`b``", "")
