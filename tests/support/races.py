"""Random races: changes of one article, dealt to workers that merge them at the same time."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from inventory_processor.inventory import Adjustment, Change, Fact
from support.laws import adjustment, level, moment


@dataclass(frozen=True)
class Race:
    """What was stored before, and per worker the batches that it merges one after the other."""

    first: tuple[Change, ...]
    workers: tuple[tuple[tuple[Change, ...], ...], ...]

    @property
    def changes(self) -> list[Change]:
        """Everything that this is about."""
        return [*self.first, *(one for worker in self.workers for batch in worker for one in batch)]


def races(seed: int, count: int, workers: int) -> Iterator[Race]:
    """`count` races, each about an article of its own.

    Few moments, warehouses and identities, so that most changes meet others: counts, adjustments of
    one moment, adjustments that were put up to three times under numbers that come in any order,
    late counts, records that two workers merge at once.
    """
    for number in range(count):
        chance = random.Random(f"{seed} {number}")
        yield _race(chance, f"race-{seed}-{number}", workers)


def _race(chance: random.Random, sku: str, workers: int) -> Race:
    numbers = iter(chance.sample(range(1, 1000), 60))
    changes: list[Change] = []
    for warehouse in ("x", "y"):
        for event in range(chance.randint(1, 3)):
            second, change = chance.randint(1, 2), chance.choice([-3, -1, 4])
            changes += [
                adjustment(change, second, next(numbers), f"e{event}", sku, warehouse)
                for _ in range(chance.randint(1, 3))
            ]
        changes += [
            level(chance.randint(20, 90), chance.randint(1, 2), next(numbers), sku, warehouse)
            for _ in range(chance.randint(1, 2))
        ]
    changes += [
        Fact(sku, "discontinued", chance.random() < 0.5, moment(1), Decimal(next(numbers)))
        for _ in range(2)
    ]
    chance.shuffle(changes)
    # Often, of each adjustment only the put with the greatest number is known before.
    first = changes[: len(changes) // 3] if chance.random() < 0.5 else _last_puts(changes)
    raced = [change for change in changes if change not in first]
    again = chance.sample(changes, 3)
    dealt = [
        [change for position, change in enumerate(raced) if position % workers == worker] + again
        for worker in range(workers)
    ]
    for each in dealt:
        chance.shuffle(each)
    return Race(tuple(first), tuple(tuple(_batches(chance, each)) for each in dealt))


def _last_puts(changes: Sequence[Change]) -> list[Change]:
    last: dict[object, Change] = {}
    for change in sorted(changes, key=lambda change: change.sequence_number):
        if isinstance(change, Adjustment):
            last[change.identity] = change
    return list(last.values())


def _batches(chance: random.Random, changes: Sequence[Change]) -> Iterator[tuple[Change, ...]]:
    at = 0
    while at < len(changes):
        size = chance.choice([1, 1, 2, 3])
        yield tuple(changes[at : at + size])
        at += size
