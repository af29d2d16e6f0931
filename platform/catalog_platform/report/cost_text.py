"""The monthly bill of an environment as text for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.aws.prices.price import Price
from catalog_platform.plan.cost.bill import CURRENCY, Bill
from catalog_platform.plan.cost.comparison import oldest

USAGE = "billed by use, not in the total:"
UNKNOWN = "unknown, not in the total:"


def render(name: str, bill: Bill) -> str:
    """Return the lines of a bill, its total, the dimensions of usage, and what isn't known."""
    return "\n".join(_lines(name, bill)) + "\n"


def _lines(name: str, bill: Bill) -> Iterator[str]:
    date = oldest(bill.lines)
    prices = f", list prices of {date} or later" if date else ""
    yield f"{name}: {bill.total:,.2f} {CURRENCY} a month without usage{prices}"
    width = max((len(line.resource) for line in bill.lines), default=0)
    for line in bill.lines:
        usd = f"{line.price.usd:f}"
        product = f"{line.quantity:,f} at {usd} per {line.price.unit} = {line.amount:,.2f}"
        yield f"  {line.resource:<{width}}  {line.what}: {product}"
    if bill.usage:
        yield USAGE
    for resource, what, price in dict.fromkeys((u.resource, u.what, u.price) for u in bill.usage):
        yield f"  {resource}: {what}: {_price(price)}"
    if bill.unknown:
        yield UNKNOWN
    for each in bill.unknown:
        yield f"  {each}"


def _price(price: Price | None) -> str:
    return "price unknown" if price is None else f"{price.usd:f} per {price.unit}"
