"""The monthly bill of an environment as JSON."""

from __future__ import annotations

import json
from typing import Any

from catalog_platform.aws.prices.price import Price
from catalog_platform.plan.cost.bill import CURRENCY, Bill
from catalog_platform.plan.cost.comparison import oldest

SCHEMA_VERSION = 1


def render(name: str, bill: Bill) -> str:
    """Return the bill: numbers are in `currency`; a price that isn't known is absent."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "environment": name,
        "currency": CURRENCY,
        "as_of": oldest(bill.lines),
        "total": float(bill.total),
        "lines": [
            {
                "resource": line.resource,
                "what": line.what,
                "quantity": float(line.quantity),
                **_price(line.price),
                "amount": float(line.amount),
            }
            for line in bill.lines
        ],
        "usage": [
            {"resource": each.resource, "what": each.what, **_price(each.price)}
            for each in bill.usage
        ],
        "unknown": list(bill.unknown),
    }
    return json.dumps(content, indent=2) + "\n"


def _price(price: Price | None) -> dict[str, Any]:
    if price is None or price.usd is None:
        return {}
    return {
        "price": {
            "id": price.id,
            "unit": price.unit,
            "usd": float(price.usd),
            "as_of": price.as_of.isoformat() if price.as_of else "",
            "confidence": price.confidence,
            "source": price.source,
        }
    }
