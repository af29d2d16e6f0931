"""The scenarios that the model check explores: few events that affect each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal

from inventory_processor.inventory import Adjustment, Change, Fact, StockLevel
from support.laws import adjustment, level, moment
from support.scenarios import (
    Scenario,
    Script,
    lose_cache,
    merge,
    merge_and_write_cache,
    merge_by_previous_release,
    merge_while_cache_is_away,
    merges,
    repair,
    upsert,
)


def price(amount: int, second: int, number: int) -> Fact:
    value = {"amount": amount, "currency": "EUR"}
    return Fact("a", "price", value, moment(second), Decimal(number))


LATE = adjustment(-3, 1, 7, "e1")
# What is there before: nothing; the adjustment under its later number; a count; both.
BEFORE: tuple[tuple[Change, ...], ...] = (
    (),
    (LATE,),
    (level(10, 1, 2),),
    (level(10, 1, 2), adjustment(-3, 2, 8, "e1")),
)
# The same adjustment under lower and higher numbers, counts before, between and after them at the
# same moment and at others, a second warehouse in either order, facts.
BATCHES: tuple[tuple[Change, ...], ...] = (
    (level(50, 1, 5),),
    (level(80, 2, 4),),
    (adjustment(-3, 1, 3, "e1"),),
    (adjustment(-3, 1, 9, "e1"),),
    (adjustment(-3, 2, 6, "e1"),),
    (adjustment(-1, 1, 16, "e2"),),
    (level(50, 1, 5), adjustment(-2, 1, 11, "e3", warehouse="y")),
    (level(20, 1, 10, warehouse="y"), adjustment(-3, 1, 3, "e1")),
    (price(5, 1, 12), adjustment(-1, 2, 13, "e4")),
    (price(6, 1, 14), level(60, 2, 15)),
)


def known() -> list[Scenario]:
    """The races that were lost before every writer wrote the row of its stock item."""
    first = [LATE]
    count, lowered = level(50, 1, 5), adjustment(-3, 1, 3, "e1")
    return [
        merges([count], [lowered], first=first, name="a count, and a lowered number"),
        merges(
            [count, level(9, 1, 1, warehouse="y")],
            [lowered, adjustment(-1, 1, 4, "e2", warehouse="y")],
            first=first,
            name="the same in one of two warehouses",
        ),
    ]


def known_of_three() -> Scenario:
    """The first of them, beside another adjustment of the same moment."""
    return merges(
        [level(50, 1, 5)],
        [adjustment(-3, 1, 3, "e1")],
        [adjustment(-1, 1, 16, "e2")],
        first=[LATE],
        name="a count, a lowered number, and another adjustment",
    )


def of_two() -> Iterator[Scenario]:
    """Every pair of batches, a batch beside its own repetition too, after every beginning."""
    for first, pair in itertools.product(
        BEFORE, itertools.combinations_with_replacement(BATCHES, 2)
    ):
        yield _scenario(first, pair)


def of_three() -> Iterator[Scenario]:
    """Every three different batches, after every beginning."""
    for first, three in itertools.product(BEFORE, itertools.combinations(BATCHES, 3)):
        yield _scenario(first, three)


def beside_earlier_processors() -> Iterator[Scenario]:
    """Every batch, beside what the processor before migration 0002 or before 0004 does."""
    count, lowered = level(70, 1, 17), adjustment(-3, 1, 1, "e1")
    earlier: tuple[tuple[str, Change, Script], ...] = (
        ("the first processor's count", count, upsert(count)),
        ("the previous release's count", count, merge_by_previous_release(count)),
        ("the previous release's lowering", lowered, merge_by_previous_release(lowered)),
    )
    for first, batch, (name, change, script) in itertools.product(BEFORE, BATCHES, earlier):
        yield Scenario(
            f"{name} beside {_named(batch)} after {_named(first)}",
            first,
            (merge(*batch), script),
            (*first, *batch, change),
            has_earlier_processor=True,
        )


def of_stale_cache(rounds: int = 1) -> list[Scenario]:
    """Notes and repairs of what the cache lacks, beside each other and beside batches.

    Two repairs run concurrently for this many rounds.
    """
    first = (level(10, 1, 1), level(20, 1, 2, sku="b"))
    sale, other = adjustment(-1, 2, 3), adjustment(-1, 2, 4, sku="b")
    away = merge_while_cache_is_away
    scenarios: list[tuple[str, tuple[Script, ...], tuple[Change, ...], str | None]] = [
        ("a note beside a repair", (away(sale), repair(1)), (sale,), "a"),
        ("two notes", (away(sale), away(sale, other)), (sale, other), None),
        ("a loss beside a batch", (lose_cache, merge_and_write_cache(sale)), (sale,), None),
        ("a loss beside a repair", (lose_cache, repair(1)), (), ""),
        ("two repairs of everything", (repair(rounds), repair(rounds)), (), ""),
    ]
    return [
        Scenario(name, first, scripts, (*first, *changes), cache_fails=True, noted=noted)
        for name, scripts, changes, noted in scenarios
    ]


def _scenario(first: Sequence[Change], batches: Sequence[Sequence[Change]]) -> Scenario:
    name = f"{' beside '.join(map(_named, batches))} after {_named(first)}"
    return merges(*batches, first=first, name=name)


def _named(changes: Sequence[Change]) -> str:
    return " + ".join(map(_called, changes)) or "nothing"


def _called(change: Change) -> str:
    match change:
        case StockLevel():
            what = f"count {change.quantity} in {change.warehouse}"
        case Adjustment():
            what = f"{change.event_id} {change.change:+} in {change.warehouse}"
        case Fact():
            what = change.name
    return f"{what} (t={change.occurred_at.second}, #{change.sequence_number})"
