"""The list of resource types, and the page that shows it."""

from __future__ import annotations

from catalog_platform.local.emulator.resource_types import TYPES, table
from catalog_platform.workspace import Workspace

BEGIN = "<!-- table: catalog_platform.local.emulator.resource_types -->\n"
END = "<!-- end of table -->"


def test_the_page_shows_the_list(repository: Workspace) -> None:
    page = (repository.root / "docs" / "embedded-aws.md").read_text(encoding="utf-8")
    assert page.partition(BEGIN)[2].partition(END)[0] == table()


def test_whatever_is_not_fully_real_says_what_is_missing() -> None:
    assert [
        name for name, found in TYPES.items() if found.fidelity != "real" and not found.note
    ] == []


def test_the_list_is_in_alphabetical_order() -> None:
    assert list(TYPES) == sorted(TYPES)
