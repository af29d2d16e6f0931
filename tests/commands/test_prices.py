"""The verb `prices`."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.aws.prices import table
from catalog_platform.commands import prices
from catalog_platform.errors import PlatformError
from catalog_platform.workspace import Workspace
from support.price_lists import offer_text, price, row, write_offer


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "repository")
    file = table.file_in(made.policies)
    file.parent.mkdir(parents=True)
    other = price(id="other", offer="", match="")
    file.write_text(table.text_of([price(), other]))
    return made


def test_the_table_is_rewritten_and_changed_prices_are_printed(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_offer(tmp_path / "lists", offer_text([row()]))
    assert prices.refresh(workspace, source=str(tmp_path / "lists")) == 0
    found = capsys.readouterr()
    assert found.out == "vpc.endpoint_hour in eu-west-1: 0.011 → 0.012 USD per hour\n"
    assert "1 price read, 1 of them changed" in found.err
    assert "1 price kept with its date" in found.err
    read = table.read(workspace.policies)
    first = read.find("vpc.endpoint_hour", "eu-west-1")
    assert first is not None
    assert str(first.as_of) == "2030-01-31"
    other = read.find("other", "eu-west-1")
    assert other is not None
    assert str(other.as_of) == "2025-01-31"


@pytest.mark.parametrize(
    "text",
    ["", "<html>", offer_text([row()])[:-9], offer_text([row(Currency="CNY")]), offer_text([])],
    ids=["empty", "page", "half", "currency", "without it"],
)
def test_a_refused_file_leaves_the_table_unchanged(
    workspace: Workspace, tmp_path: Path, text: str
) -> None:
    write_offer(tmp_path / "lists", text)
    before = table.file_in(workspace.policies).read_bytes()
    with pytest.raises(PlatformError):
        prices.refresh(workspace, source=str(tmp_path / "lists"))
    assert table.file_in(workspace.policies).read_bytes() == before
    assert [each.name for each in table.file_in(workspace.policies).parent.iterdir()] == ["aws.tsv"]
