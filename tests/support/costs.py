"""Stacks and prices for the tests of cost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from catalog_platform.aws.prices import table
from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.plan.cost.bill import BILLED
from catalog_platform.plan.cost.dimension import Dimension
from catalog_platform.plan.cost.resource import Resource
from catalog_platform.plan.stack import Stack
from support.manifests import ROOT

REGION = "eu-west-1"


@cache
def prices() -> PriceTable:
    """Return the table of the repository."""
    return table.read(ROOT / "policies")


def stack_of(resources: dict[str, Any], region: str = REGION, account: str = "1" * 12) -> Stack:
    """Return a stack with these resources."""
    return Stack(
        template={"Resources": resources},
        account=account,
        region=region,
        is_protected=True,
        paths={},
    )


@cache
def production(region: str = REGION) -> Stack:
    """Return the stack of the largest test environment."""
    template = json.loads((ROOT / "tests" / "golden" / "production.json").read_text())
    return stack_of(template["Resources"], region)


def dimensions(
    kind: str, properties: dict[str, Any], others: dict[str, Any] | None = None
) -> Iterator[Dimension]:
    """Yield what is billed for a resource of a type, beside other resources."""
    resources = {**(others or {}), "R": {"Type": kind, "Properties": properties}}
    return BILLED[kind](Resource(stack_of(resources), "R"))
