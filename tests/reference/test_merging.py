from __future__ import annotations

from catalog_platform.manifest import extends, merge
from catalog_platform.reference import merging

PAGE = merging.page()


def test_every_combination_of_types_is_in_the_table() -> None:
    rows = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| ")]
    for below, above, does in merge.table():
        assert any(
            row[0] == below and above in row[1] and row[2] == does for row in rows if len(row) == 3
        ), (below, above)


def test_every_strategy_is_described() -> None:
    for name in merge.OVERRIDES:
        assert f"| `{name}` | " in PAGE


def test_limits_are_those_of_the_code() -> None:
    text = " ".join(PAGE.split())
    assert f"chains of more than {extends.MAXIMUM_DEPTH} files" in text
    assert f"more than {extends.MAXIMUM_FILES} files in total" in text
