"""Read an offer file of AWS: the prices of one service in one region, as CSV.

Five lines of metadata come first, then a header, then one line per price. Offer files have up to
hundreds of megabytes, so one line is in memory at a time.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/bulk-api-reading-price-list-files.html
"""

from __future__ import annotations

import csv
import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from catalog_platform.aws.prices.price import Price
from catalog_platform.aws.prices.source import Source, read_index
from catalog_platform.errors import PlatformError

METADATA = ("FormatVersion", "Disclaimer", "Publication Date", "Version", "OfferCode")
NEEDED = ("SKU", "RateCode", "TermType", "StartingRange", "PricePerUnit", "Currency")
# Data transfer has the second column.
REGION = ("Region Code", "From Region Code")
INDEX = "/offers/v1.0/aws/{offer}/current/region_index.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A price of the file, for one piece in one tier."""

    sku: str
    start: Decimal
    usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The rates of an offer file that match each of the prices."""

    version: str
    published: datetime.date
    rates: Mapping[str, tuple[Rate, ...]]


def read(source: Source, offer: str, region: str, prices: Iterable[Price]) -> Offer:
    """Return the rates that match the prices, by id.

    Raises `PlatformError` when the file is not the offer's, incomplete, or in another currency.
    """
    path = _path(read_index(source, INDEX.format(offer=offer)), offer, region)
    with source.open(path) as lines:
        try:
            return _read(csv.reader(lines, strict=True), path, offer, region, tuple(prices))
        except csv.Error as error:
            raise PlatformError(f"{path}: is not CSV: {error}") from error


def _path(index: object, offer: str, region: str) -> str:
    """Return the path of the region's CSV file, from the offer's index of regions."""
    regions = index.get("regions") if isinstance(index, dict) else None
    entry = regions.get(region) if isinstance(regions, dict) else None
    url = entry.get("currentVersionUrl") if isinstance(entry, dict) else None
    if not isinstance(url, str) or not url.startswith("/") or not url.endswith(".json"):
        raise PlatformError(f"{INDEX.format(offer=offer)}: names no file for {region}")
    return f"{url.removesuffix('.json')}.csv"


def _read(
    lines: Iterator[list[str]], path: str, offer: str, region: str, prices: tuple[Price, ...]
) -> Offer:
    metadata = {}
    for name in METADATA:
        cells = next(lines, [])
        if len(cells) != 2 or cells[0] != name:
            raise PlatformError(f"{path}: is not an offer file: its metadata has no {name}")
        metadata[name] = cells[1]
    if metadata["OfferCode"] != offer:
        raise PlatformError(f"{path}: is the price list of {metadata['OfferCode']!r}, not {offer}")
    header = next(lines, [])
    columns = {*NEEDED, *(column for each in prices for column in each.conditions)}
    if missing := sorted(columns - {*header}):
        raise PlatformError(f"{path}: has no column {', '.join(missing)}")
    found: dict[str, list[Rate]] = {each.id: [] for each in prices}
    number, term = len(METADATA) + 1, header.index("TermType")
    for cells in lines:
        number += 1
        if len(cells) != len(header):
            raise PlatformError(
                f"{path}:{number}: has {len(cells)} of {len(header)} columns: it is incomplete"
            )
        if cells[term] != "OnDemand":
            continue
        row = dict(zip(header, cells, strict=True))
        for each in prices:
            if _matches(row, each):
                found[each.id].append(_rate(row, f"{path}:{number}", region))
    return Offer(
        version=metadata["Version"],
        published=_date(metadata["Publication Date"], path),
        rates={name: tuple(rates) for name, rates in found.items()},
    )


def _matches(row: Mapping[str, str], price: Price) -> bool:
    return all(row[column] == value for column, value in price.conditions.items())


def _rate(row: Mapping[str, str], where: str, region: str) -> Rate:
    if row["Currency"] != "USD":
        raise PlatformError(f"{where}: the currency is {row['Currency']!r}; only USD is known")
    found = next((row[column] for column in REGION if row.get(column)), "")
    if found != region:
        raise PlatformError(f"{where}: the region is {found!r}, not {region}")
    return Rate(
        sku=row["SKU"],
        start=_number(row["StartingRange"] or "0", where),
        usd=_number(row["PricePerUnit"], where),
    )


def _number(text: str, where: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise PlatformError(f"{where}: {text!r} is not a decimal number from 0")
    return value


def _date(text: str, path: str) -> datetime.date:
    try:
        return datetime.datetime.fromisoformat(text).date()
    except ValueError as error:
        raise PlatformError(f"{path}: the publication date is {text!r}") from error
