"""A shard: the environments that one of several jobs plans or scans."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

# A job matrix has at most this many jobs:
# https://docs.github.com/en/actions/reference/limits#existing-system-limits
MAXIMUM = 256
FORM = re.compile(r"([1-9][0-9]{0,2})/([1-9][0-9]{0,2})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The shard `number`, counted from 1, of `count`."""

    number: int
    count: int

    def __str__(self) -> str:
        """Return the form that `--shard` takes."""
        return f"{self.number}/{self.count}"

    def part(self, names: Sequence[str]) -> tuple[str, ...]:
        """Return the environments of this shard, in the order given.

        In alphabetical order, every `count`-th belongs to it: what is edited together often has
        similar names, and is spread over the shards.
        """
        own = {*sorted({*names})[self.number - 1 :: self.count]}
        return tuple(name for name in names if name in own)


def parse(text: str) -> Shard:
    """Return the shard of a text such as `2/3`. Raises `ValueError` with the form for others."""
    found = FORM.fullmatch(text)
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= count <= MAXIMUM:
        shown = text if len(text) <= 20 else f"{text[:20]}…"
        raise ValueError(
            f"'{shown}' is not NUMBER/COUNT such as 2/3, with 1 ≤ NUMBER ≤ COUNT ≤ {MAXIMUM}"
        )
    return Shard(number, count)


def shards(environments: int, largest: int) -> tuple[Shard, ...]:
    """Return as many shards as a number of environments needs, of at most `largest` each.

    There is none if one job is enough. More than `MAXIMUM` shards are not possible.
    """
    count = min(-(-environments // largest), MAXIMUM)
    return tuple(Shard(number, count) for number in range(1, count + 1)) if count > 1 else ()
