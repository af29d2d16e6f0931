"""The cost of a plan's environment in words."""

from __future__ import annotations

from catalog_platform.plan.model import Cost
from catalog_platform.plural import plural

# Assumptions, and unknown parts, that are named; the JSON has all.
FEW = 3


def difference(cost: Cost) -> str:
    """Return the monthly difference, such as `+12.40 USD`; a `?` where parts are unknown."""
    sign = "+" if cost.difference > 0 else ""
    change = f"{sign}{cost.difference:,.2f} {cost.currency}" if cost.difference else "0"
    return f"{change} + ?" if cost.unknown else change


def sentence(cost: Cost) -> str:
    """Return the difference with both sides, the date of the prices, and what isn't certain."""
    sides = f"{cost.old:,.2f} → {cost.new:,.2f} {cost.currency} a month without usage"
    date = f", list prices of {cost.as_of} or later" if cost.as_of else ""
    text = f"{difference(cost)}: {sides}{date}"
    return (
        f"{text}{_listed('; assuming: ', cost.assumptions)}{_listed('; unknown: ', cost.unknown)}"
    )


def _listed(head: str, parts: list[str]) -> str:
    if not parts:
        return ""
    more = len(parts) - FEW
    return head + "; ".join(parts[:FEW]) + (f"; {plural(more, 'more part')}" if more > 0 else "")
