"""One price of the table in `policies/prices/aws.tsv`."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

# AWS publishes its price list files here, without credentials.
PRICE_LISTS = "https://pricing.us-east-1.amazonaws.com"
CONFIDENCES = ("high", "medium", "low")
# A price for every region.
GLOBAL = "global"
COUNT = re.compile(r"([0-9][0-9,]*) ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The list price of one unit, on demand and in USD.

    `unit` may begin with a number of pieces, such as `1,000,000 requests`. `usd` is None where the
    price isn't known. `offer` is AWS's code of the price list that has the price, and `match`
    selects it there, as `column=value;column=value`; both are empty where that isn't known.
    """

    id: str
    service: str
    dimension: str
    region: str
    unit: str
    usd: Decimal | None
    offer: str
    match: str
    source: str
    as_of: datetime.date | None
    confidence: str

    @property
    def pieces(self) -> int:
        """Return how many pieces one unit has."""
        found = COUNT.match(self.unit)
        return int(found[1].replace(",", "")) if found else 1

    @property
    def conditions(self) -> dict[str, str]:
        """Return the columns and values that select the price in AWS's price list."""
        parts = (part.partition("=") for part in self.match.split(";") if part)
        return {column: value for column, _, value in parts}
