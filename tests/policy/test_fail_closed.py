"""docs/security.md lists what cannot silence the scan; each row names the test that shows it."""

from __future__ import annotations

import re

import pytest

from support.manifests import ROOT

PAGE = ROOT / "docs" / "security.md"
SECTION = re.search(
    r"^## What cannot silence the scan\n(.*?)^## ",
    PAGE.read_text("utf-8"),
    re.DOTALL | re.MULTILINE,
)
ROWS = [
    line.strip("|").split(" | ")
    for line in (SECTION[1] if SECTION else "").splitlines()
    if line.startswith("| ") and not line.startswith(("| **", "| attempt"))
]


def test_the_table_has_the_known_ways() -> None:
    assert len(ROWS) > 30
    attempts = " ".join(row[0] for row in ROWS)
    for way in ("cut off", "missing", "no resource", "operator", "resource type", "raises", "skip"):
        assert way in attempts


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip()[:60])
def test_each_row_names_an_existing_test(row: list[str]) -> None:
    found = re.fullmatch(r"\[test\]\(\.\./(tests/\S+\.py)\) `(test_\w+)` ?", row[2])
    assert found is not None, row
    assert f"def {found[2]}(" in (ROOT / found[1]).read_text("utf-8")
