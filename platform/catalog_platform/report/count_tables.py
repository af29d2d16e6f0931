"""Tables of counts with the environments of a scan side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog_platform.policy.check_counts import totals
from catalog_platform.policy.results import CheckCount, Counts

# More environments than these get a table of their own, because paper is 19 cm wide.
SIDE_BY_SIDE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """A row: its name, a note, policies it refers to, and the counts of each environment.

    An environment in which nothing was checked has none. Other rows refer to it by its `anchor`.
    """

    name: str
    note: str = ""
    severity: str = ""
    policies: tuple[str, ...] = ()
    anchor: str = ""
    cells: tuple[Counts | None, ...] = ()

    @property
    def has_failures(self) -> bool:
        """Return whether something failed in one of the environments."""
        return any(each is not None and each.failed for each in self.cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """Rows of counts of the environments, which are the columns."""

    caption: str
    heading: str
    environments: tuple[str, ...]
    rows: tuple[CountRow, ...]


def tables(
    caption: str,
    heading: str,
    environments: Sequence[str],
    rows: Callable[[Sequence[str]], Iterable[CountRow]],
) -> tuple[CountTable, ...]:
    """Return a table for each few environments; `rows` makes the rows for some of them."""
    batches = [
        tuple(environments[at : at + SIDE_BY_SIDE])
        for at in range(0, len(environments), SIDE_BY_SIDE)
    ]
    return tuple(
        CountTable(
            caption=f"{caption}: {', '.join(each)}" if len(batches) > 1 else caption,
            heading=heading,
            environments=each,
            rows=tuple(rows(each)),
        )
        for each in batches
    )


def by_key(
    checks: Iterable[CheckCount], key: Callable[[CheckCount], str]
) -> Mapping[tuple[str, str], Counts]:
    """Return the sums of the counts by environment and a key of the check."""
    return totals(checks, lambda each: (each.environment, key(each)))


def added(found: Iterable[Counts | None]) -> Counts | None:
    """Return the sum of counts; None without any."""
    known = [each for each in found if each is not None]
    if not known:
        return None
    return Counts(
        passed=sum(each.passed for each in known),
        failed=sum(each.failed for each in known),
        waived=sum(each.waived for each in known),
    )
