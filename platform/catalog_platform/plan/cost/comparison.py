"""The cost of an environment before and after a merge."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from catalog_platform.aws.prices.table import PriceTable
from catalog_platform.plan.cost.bill import CURRENCY, Bill, Line, bill
from catalog_platform.plan.model import Change, Cost
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.stack_changes import is_another_stack
from catalog_platform.plan.verdict import Verdict

NOTHING = Bill(lines=(), usage=(), unknown=())


def compare(
    base: Stack | None,
    head: Stack | None,
    changes: Iterable[Change],
    prices: PriceTable,
    *,
    is_renamed: bool = False,
) -> Cost:
    """Return the monthly cost on both sides, with the prices of one table.

    What a merge leaves in the account is on the bill afterwards too, and named as an assumption:
    resources that are retained or orphaned, and the whole stack of an environment that is removed,
    renamed, or moves to another account or region.
    """
    old = NOTHING if base is None else bill(base, prices)
    new = NOTHING if head is None else bill(head, prices)
    whole = head is None or is_renamed or (base is not None and is_another_stack(base, head))
    left = {each.logical_id for each in changes if _stays(each)}
    kept = [line for line in old.lines if whole or line.logical_id in left]
    before, after = old.total, new.total + _total(kept)
    return Cost(
        currency=CURRENCY,
        as_of=oldest((*old.lines, *new.lines)),
        old=float(before),
        new=float(after),
        difference=float(after - before),
        assumptions=[*_whole(kept)] if whole else [*_resources(kept)],
        unknown=list(dict.fromkeys((*old.unknown, *new.unknown))),
    )


def _stays(change: Change) -> bool:
    """Return whether a resource leaves the stack and stays in the account."""
    leaves = change.action in ("remove", "replace")
    return leaves and (change.retained or change.verdict == Verdict.ORPHANED.value)


def _whole(kept: list[Line]) -> Iterator[str]:
    if kept:
        yield f"the deployed stack stays in the account: {_total(kept):,.2f} {CURRENCY}"


def _resources(kept: list[Line]) -> Iterator[str]:
    for path in dict.fromkeys(line.resource for line in kept):
        amount = _total(line for line in kept if line.resource == path)
        yield f"{path} stays in the account: {amount:,.2f} {CURRENCY}"


def oldest(lines: Iterable[Line]) -> str:
    """Return the date of the oldest price of some lines; empty without lines."""
    dates = [line.price.as_of for line in lines if line.price.as_of is not None]
    return min(dates).isoformat() if dates else ""


def _total(lines: Iterable[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal(0))
