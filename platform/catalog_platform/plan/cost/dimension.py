"""What AWS bills for a resource: dimensions with a fixed quantity, and those of usage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from catalog_platform.plan.cost.resource import Resource

# AWS's own calculator counts 730 hours a month:
# https://docs.aws.amazon.com/pricing-calculator/latest/userguide/what-is-pricing-calculator.html
HOURS = Decimal(730)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A monthly quantity in units of a price, such as 730 hours; `what` explains it."""

    price: str
    quantity: Decimal
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """A dimension whose quantity depends on use; `price` is empty if the table has none."""

    price: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A dimension whose quantity or price can't be known from the template."""

    what: str


Dimension = Fixed | Usage | Unknown
Billing = Callable[[Resource], Iterator[Dimension]]


def hourly(price: str, count: int, what: str) -> Fixed:
    """Return what `count` pieces cost that are billed by the hour."""
    return Fixed(price=price, quantity=HOURS * count, what=what)


def monthly(price: str, count: int, what: str) -> Fixed:
    """Return what `count` pieces cost that are billed by the month."""
    return Fixed(price=price, quantity=Decimal(count), what=what)
