"""Refresh the table of prices from AWS's price list files."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog_platform.aws.prices import offer_file
from catalog_platform.aws.prices.offer_file import Offer, Rate
from catalog_platform.aws.prices.price import GLOBAL, Price
from catalog_platform.aws.prices.source import Source
from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.errors import PlatformError

# A price that changes more is rather another unit or product.
LARGEST_FACTOR = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """The prices in their old order; those that changed, and those that no file was read for."""

    prices: tuple[Price, ...]
    changed: tuple[tuple[Price, Price], ...]
    kept: tuple[Price, ...]


def refresh(table: PriceTable, source: Source, on_file: Callable[[str], None]) -> Refreshed:
    """Return the table with the prices of AWS's files; `on_file` gets the name of each.

    Raises `PlatformError` when a file is missing, malformed or incomplete, or has no price or more
    than one for an entry.
    """
    new: dict[tuple[str, str], Price] = {}
    entries = [each for each in table if each.match and each.region != GLOBAL]
    entries.sort(key=_file)
    for (offer, region), group in itertools.groupby(entries, _file):
        on_file(f"{offer} in {region}")
        prices = tuple(group)
        read = offer_file.read(source, offer, region, prices)
        new |= {(each.id, region): _refreshed(each, read, read.rates[each.id]) for each in prices}
    return Refreshed(
        prices=tuple(new.get((each.id, each.region), each) for each in table),
        changed=tuple(
            (old, new[key])
            for key, old in table.prices.items()
            if key in new and new[key].usd != old.usd
        ),
        kept=tuple(each for key, each in table.prices.items() if key not in new),
    )


def _file(price: Price) -> tuple[str, str]:
    return price.offer, price.region


def _refreshed(price: Price, offer: Offer, rates: Sequence[Rate]) -> Price:
    usd = (_usd(price, rates) * price.pieces).normalize()
    name = f"{price.id} in {price.region}"
    if price.usd and not price.usd / LARGEST_FACTOR <= usd <= price.usd * LARGEST_FACTOR:
        raise PlatformError(
            f"{name}: changes from {price.usd} to {usd:f} USD per {price.unit}",
            hint="if that is the price, correct the entry in policies/prices/aws.tsv first",
        )
    return dataclasses.replace(
        price,
        usd=usd,
        source=f"AWS price list, {price.offer} {offer.version}",
        as_of=offer.published,
        confidence="high",
    )


def _usd(price: Price, rates: Sequence[Rate]) -> Decimal:
    """Return the price of one piece in the first tier that isn't free."""
    name = f"{price.id} in {price.region}"
    skus = {rate.sku for rate in rates}
    if len(skus) != 1:
        what = f"{len(skus)} products ({', '.join(sorted(skus))})" if skus else "no product"
        raise PlatformError(
            f"{name}: AWS's price list {price.offer} has {what} with {price.match}",
            hint="correct the entry's match in policies/prices/aws.tsv, or remove the entry",
        )
    tiers = sorted(rates, key=lambda rate: rate.start)
    return next((rate.usd for rate in tiers if rate.usd), Decimal(0))
