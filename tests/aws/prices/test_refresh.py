"""A refreshed table of prices."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from catalog_platform.aws.prices.price import Price
from catalog_platform.aws.prices.refresh import Refreshed, refresh
from catalog_platform.aws.prices.source import Folder
from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.errors import PlatformError
from support.price_lists import VERSION, offer_text, price, row, write_offer


def refreshed(root: Path, rows: list[dict[str, str]], *prices: Price) -> Refreshed:
    """Return the refreshed table, with the offer file of one region."""
    write_offer(root, offer_text(rows))
    table = PriceTable({(each.id, each.region): each for each in prices})
    return refresh(table, Folder(root), lambda _name: None)


def test_a_price_gets_value_date_and_source_of_the_file(tmp_path: Path) -> None:
    old = price(confidence="medium")
    (new,) = refreshed(tmp_path, [row()], old).prices
    assert (new.usd, new.as_of, new.confidence) == (
        Decimal("0.012"),
        datetime.date(2030, 1, 31),
        "high",
    )
    assert new.source == f"AWS price list, AmazonVPC {VERSION}"
    assert (new.id, new.unit, new.match) == (old.id, old.unit, old.match)


def test_what_changed_and_what_no_file_has_are_named(tmp_path: Path) -> None:
    other = price(id="other", offer="", match="")
    found = refreshed(tmp_path, [row()], other, price())
    assert [(old.usd, new.usd) for old, new in found.changed] == [
        (Decimal("0.011"), Decimal("0.012"))
    ]
    assert found.kept == (other,)
    assert found.prices[0] == other


def test_the_price_of_several_pieces_is_multiplied(tmp_path: Path) -> None:
    old = price(unit="1,000,000 requests", usd=Decimal("0.40"))
    (new,) = refreshed(tmp_path, [row(PricePerUnit="0.0000005000")], old).prices
    assert new.usd == Decimal("0.5")


def test_the_first_tier_that_is_not_free_counts(tmp_path: Path) -> None:
    rows = [
        row(StartingRange="1000", PricePerUnit="0.01"),
        row(StartingRange="0", PricePerUnit="0"),
        row(StartingRange="100", PricePerUnit="0.02"),
    ]
    assert refreshed(tmp_path, rows, price()).prices[0].usd == Decimal("0.02")
    free = price(usd=Decimal(0))
    assert refreshed(tmp_path, [row(PricePerUnit="0")], free).prices[0].usd == 0


def test_an_entry_without_a_value_gets_one(tmp_path: Path) -> None:
    empty = price(usd=None, as_of=None, source="", confidence="")
    assert refreshed(tmp_path, [row()], empty).prices[0].usd == Decimal("0.012")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([row(SKU="BBBB")], "has no product with usageType=EU-VpcEndpoint-Hours;SKU=AAAA"),
        ([row(PricePerUnit="12")], "changes from 0.011 to 12"),
        ([row(PricePerUnit="0")], "changes from 0.011 to 0"),
    ],
)
def test_a_missing_product_and_an_implausible_price_are_refused(
    tmp_path: Path, rows: list[dict[str, str]], message: str
) -> None:
    with pytest.raises(PlatformError, match=message):
        refreshed(tmp_path, rows, price(match="usageType=EU-VpcEndpoint-Hours;SKU=AAAA"))


def test_several_products_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"2 products \(AAAA, BBBB\)"):
        refreshed(tmp_path, [row(), row(SKU="BBBB")], price(match="usageType=EU-VpcEndpoint-Hours"))
