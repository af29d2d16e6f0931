"""Offer files in the shape of AWS's."""

from __future__ import annotations

import datetime
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.prices import offer_file
from catalog_platform.aws.prices.offer_file import Offer, Rate
from catalog_platform.aws.prices.source import Folder
from catalog_platform.errors import PlatformError
from support.price_lists import HEADER, VERSION, offer_text, price, row, write_offer


def read(root: Path, text: str, **values: Any) -> Offer:
    """Return what is read of an offer file."""
    write_offer(root, text)
    return offer_file.read(Folder(root), "AmazonVPC", "eu-west-1", [price(**values)])


def test_matching_rates_on_demand_are_read_with_version_and_date(tmp_path: Path) -> None:
    rows = [row(SKU="BBBB"), row(TermType="Reserved"), row()]
    assert read(tmp_path, offer_text(rows)) == Offer(
        version=VERSION,
        published=datetime.date(2030, 1, 31),
        rates={"vpc.endpoint_hour": (Rate(sku="AAAA", start=Decimal(0), usd=Decimal("0.012")),)},
    )


def test_all_conditions_of_a_match_apply(tmp_path: Path) -> None:
    rows = [
        row(SKU=sku, Database_Engine=name) for sku, name in (("M", "MySQL"), ("P", "PostgreSQL"))
    ]
    match = "usageType=EU-VpcEndpoint-Hours;Database Engine=PostgreSQL"
    found = read(tmp_path, offer_text(rows), match=match)
    assert [each.sku for each in found.rates["vpc.endpoint_hour"]] == ["P"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "its metadata has no FormatVersion"),
        ("<html><body>busy</body></html>\n", "its metadata has no FormatVersion"),
        (offer_text([row()])[:150], "is not CSV: unexpected end of data"),
        (offer_text([row()], "AmazonEC2"), "is the price list of 'AmazonEC2', not AmazonVPC"),
        (offer_text([row()]).replace('"Currency"', '"Money"'), "has no column Currency"),
        (offer_text([row()]).replace("2030-01-31T12:00:00Z", "soon"), "publication date is 'soon'"),
        (offer_text([row()])[:-60], "is not CSV|is incomplete"),
        (offer_text([row()]) + '"BBBB","JRTC"\n', f"has 2 of {len(HEADER)} columns"),
        (offer_text([row(Currency="CNY")]), "the currency is 'CNY'"),
        (offer_text([row(Region_Code="eu-west-2")]), "the region is 'eu-west-2'"),
        (offer_text([row(Region_Code="")]), "the region is '', not eu-west-1"),
        (offer_text([row(PricePerUnit="free")]), "'free' is not a decimal number"),
        (offer_text([row(PricePerUnit="-1")]), "'-1' is not a decimal number"),
    ],
    ids=lambda value: "" if "\n" in value or value[:1] == '"' else value,
)  # fmt: skip
def test_garbage_half_files_and_other_currencies_are_refused(
    tmp_path: Path, text: str, message: str
) -> None:
    with pytest.raises(PlatformError, match=message):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "index",
    [
        "[]",
        '{"regions": []}',
        '{"regions": {"eu-west-1": {}}}',
        '{"regions": {"eu-west-1": {"currentVersionUrl": "https://elsewhere.example/index.json"}}}',
    ],
)
def test_an_index_without_the_region_is_refused(tmp_path: Path, index: str) -> None:
    write_offer(tmp_path, offer_text([row()]))
    (tmp_path / "offers/v1.0/aws/AmazonVPC/current/region_index.json").write_text(index)
    with pytest.raises(PlatformError, match="names no file for eu-west-1"):
        offer_file.read(Folder(tmp_path), "AmazonVPC", "eu-west-1", [price()])


def test_a_large_file_is_not_read_into_memory(tmp_path: Path) -> None:
    text = offer_text([row(), *(row(SKU=f"S{number}") for number in range(4_000))])
    write_offer(tmp_path, text)
    size = len(text)
    del text
    tracemalloc.start()
    try:
        offer_file.read(Folder(tmp_path), "AmazonVPC", "eu-west-1", [price()])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < size / 3


def test_data_transfer_names_its_region_in_another_column(tmp_path: Path) -> None:
    text = offer_text([row()]).replace('"Region Code"', '"From Region Code"')
    assert len(read(tmp_path, text).rates["vpc.endpoint_hour"]) == 1
