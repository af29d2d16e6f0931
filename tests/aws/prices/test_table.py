"""The table of prices in `policies/prices/`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from catalog_platform.aws.prices import table
from catalog_platform.errors import FindingsError
from support.manifests import ROOT
from support.price_lists import price

GOOD = table.text_of([price()])


def findings(text: str) -> list[str]:
    """Return the findings of a text as a reader sees them."""
    with pytest.raises(FindingsError) as raised:
        table.parse(text, "policies/prices/aws.tsv")
    return [
        f"{each.location.file}:{each.location.line}: {each.message}"
        for each in raised.value.findings
    ]


def test_what_is_written_is_read_again() -> None:
    prices = [price(), price(id="x", usd=None, as_of=None, offer="", match="", confidence="")]
    assert [*table.parse(table.text_of(prices), "f")] == prices


def test_a_price_is_found_by_region_and_a_global_one_in_all() -> None:
    prices = [price(), price(id="g", region="global"), price(id="unknown", usd=None)]
    read = table.parse(table.text_of(prices), "f")
    assert read.find("vpc.endpoint_hour", "eu-west-1") == prices[0]
    assert read.find("vpc.endpoint_hour", "eu-west-2") is None
    assert read.find("g", "eu-west-2") == prices[1]
    assert read.find("unknown", "eu-west-1") is None
    assert read.find("", "eu-west-1") is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("0.011", "0,011", "usd is '0,011'; it must be a decimal number"),
        ("0.011", "-1", "usd is '-1'"),
        ("0.011", "NaN", "usd is 'NaN'"),
        ("2025-01-31", "2025-02-31", "as_of is '2025-02-31'"),
        ("2025-01-31", "20250131", "as_of is '20250131'"),
        ("\thigh", "\tsure", "confidence is 'sure'; it must be one of high, medium, low"),
        ("somewhere", "", "source is empty"),
        ("SKU=AAAA", "AAAA", "match is 'AAAA'; it must be column=value"),
        ("SKU=AAAA", "", "offer and match must both be set"),
        ("\teu-west-1", "\t", "region is empty"),
        ("\thour", "", "has 10 columns; it must have 11"),
    ],
)
def test_a_malformed_line_is_named_with_what_is_allowed(old: str, new: str, message: str) -> None:
    assert old in GOOD
    (found,) = findings(GOOD.replace(old, new))
    assert found.startswith(f"policies/prices/aws.tsv:2: {message}")


def test_all_malformed_lines_are_named_at_once() -> None:
    _, line = GOOD.splitlines()
    text = f"{GOOD}{line}\n{line.replace('0.011', 'x')}\n"
    second, wrong = findings(text)
    assert second.startswith("policies/prices/aws.tsv:3: vpc.endpoint_hour has a second price in")
    assert wrong.startswith("policies/prices/aws.tsv:4: usd is 'x'; it must be a decimal number")


@pytest.mark.parametrize("text", ["", "<html>", "id\tusd\n", '"'])
def test_a_file_without_the_header_is_refused(text: str) -> None:
    (found,) = findings(text)
    assert found.startswith("policies/prices/aws.tsv:")


def test_a_missing_file_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(FindingsError) as raised:
        table.read(tmp_path / "policies")
    assert "can't be read" in raised.value.findings[0].message


def test_the_table_of_the_repository_is_valid_and_written_as_a_refresh_writes_it() -> None:
    read = table.read(ROOT / "policies")
    assert table.text_of([*read]) == table.file_in(ROOT / "policies").read_text()
    assert all(each.usd is not None and each.usd >= Decimal(0) for each in read)
