"""The monthly bill of a stack: lines with amounts, usage, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from catalog_platform.aws.prices.price import Price
from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.plan.cost import (
    caches,
    databases,
    encryption,
    functions,
    messaging,
    monitoring,
    network,
    storage,
    streams,
)
from catalog_platform.plan.cost.dimension import Billing, Dimension, Fixed, Unknown, Usage
from catalog_platform.plan.cost.resource import Resource, UnstatedError
from catalog_platform.plan.stack import Stack

CURRENCY = "USD"
CENT = Decimal("0.01")
GROUPS = (
    caches, databases, encryption, functions, messaging, monitoring, network, storage, streams,
)  # fmt: skip
BILLED: Mapping[str, Billing] = {
    name: billing for group in GROUPS for name, billing in group.BILLED.items()
}
# Types that cost nothing themselves, with the page or the reason.
FREE: Mapping[str, str] = {
    "AWS::CDK::Metadata": "a record of CloudFormation",
    "AWS::IAM::ManagedPolicy": "https://aws.amazon.com/iam/",
    "AWS::IAM::Policy": "https://aws.amazon.com/iam/",
    "AWS::IAM::Role": "https://aws.amazon.com/iam/",
    **{name: reason for group in GROUPS for name, reason in group.FREE.items()},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A fixed quantity with its price; `amount` is rounded to cents."""

    resource: str
    logical_id: str
    what: str
    quantity: Decimal
    price: Price
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageLine:
    """What is billed by use; `price` is None if it isn't known."""

    resource: str
    what: str
    price: Price | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """A month's bill of a stack. `unknown` says what is billed and has no known amount."""

    lines: tuple[Line, ...]
    usage: tuple[UsageLine, ...]
    unknown: tuple[str, ...]

    @property
    def total(self) -> Decimal:
        """Return the sum of the lines."""
        return sum((line.amount for line in self.lines), Decimal(0))


def bill(stack: Stack, prices: PriceTable) -> Bill:
    """Return the bill of a stack, in the order of construct paths."""
    lines: list[Line] = []
    usage: list[UsageLine] = []
    unknown: list[str] = []
    for resource in sorted(_resources(stack), key=lambda each: stack.path(each.logical_id)):
        path = stack.path(resource.logical_id)
        for each in _dimensions(resource):
            if isinstance(each, Unknown):
                unknown.append(f"{path}: {each.what}")
                continue
            price = prices.find(each.price, stack.region)
            if isinstance(each, Usage):
                usage.append(UsageLine(resource=path, what=each.what, price=price))
            elif price is None or price.usd is None:
                unknown.append(f"{path}: {each.what}: no price {each.price} in {stack.region}")
            else:
                lines.append(_line(resource, each, price, price.usd))
    return Bill(lines=tuple(lines), usage=tuple(usage), unknown=tuple(unknown))


def _resources(stack: Stack) -> Iterator[Resource]:
    return (Resource(stack, logical_id) for logical_id in stack.resources)


def _dimensions(resource: Resource) -> Iterator[Dimension]:
    """Yield what is billed for a resource, up to a property that isn't known."""
    billing = BILLED.get(resource.type)
    if billing is None:
        if resource.type not in FREE:
            yield Unknown(what=f"nothing is known about {resource.type}")
        return
    try:
        yield from billing(resource)
    except UnstatedError as error:
        yield Unknown(what=str(error))


def _line(resource: Resource, fixed: Fixed, price: Price, usd: Decimal) -> Line:
    return Line(
        resource=resource.stack.path(resource.logical_id),
        logical_id=resource.logical_id,
        what=fixed.what,
        quantity=fixed.quantity,
        price=price,
        amount=(fixed.quantity * usd).quantize(CENT, ROUND_HALF_UP),
    )
