"""Applies what the database takes of a chunk, and finds what it refuses.

Data that the database refuses (SQLSTATE classes 22 and 23) would be refused at every retry, and
hold up its shard until it expires. So the chunk is bisected: k refused events among n are found
with at most 2·k·(log₂ n + 1) statements. The laws of the contract allow it: how events are grouped
into statements does not change the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from catalog_runtime.reaction import Reaction
from inventory_processor.events import Malformed, Valid, refused, unexpected
from inventory_processor.inventory import reduce_batch
from inventory_processor.ports import Applied, CacheEntry, EffectError, StockStore

# So many unexpected errors in a row, and no success, are no property of single events.
MOST_UNEXPECTED = 5


@dataclass(slots=True)
class Outcome:
    """What became of a chunk's events: `applied`, `refused`, or for lack of time neither (`rest`).

    Each list is in stream order, and the rest comes after all others. `current` and `has_stale` are
    those of `ports.Applied`.
    """

    applied: list[Valid] = field(default_factory=list)
    refused: list[Malformed] = field(default_factory=list)
    rest: list[Valid] = field(default_factory=list)
    changed: int = 0
    current: list[CacheEntry] = field(default_factory=list)
    has_stale: bool = False

    def add(self, items: Sequence[Valid], applied: Applied) -> None:
        """Take in what one statement did."""
        self.applied.extend(items)
        self.changed += applied.changed
        self.current.extend(applied.current)
        self.has_stale = applied.has_stale


def apply(truth: StockStore, items: Sequence[Valid], has_time: Callable[[], bool]) -> Outcome:
    """Apply the events, in one statement if none is refused.

    When even single events are refused and `has_time` no longer holds, the others are the rest. An
    exception that nobody expects refuses its event as well, provided that others get through; if
    none does, the exception is raised. Raises `EffectError` when the database is away.
    """
    outcome = Outcome()
    pending = [list(items)]
    unexpected: list[Exception] = []
    while pending:
        group = pending.pop()
        if len(group) < len(items) and not has_time():
            pending.append(group)
            break
        try:
            applied = truth.apply(reduce_batch(item.change for item in group))
        except Exception as error:
            if isinstance(error, EffectError) and error.reaction is not Reaction.DEAD_LETTER:
                raise
            if len(group) > 1:
                middle = len(group) // 2
                pending += [group[middle:], group[:middle]]
                continue
            outcome.refused.append(_refused(group[0], error))
            if not isinstance(error, EffectError):
                unexpected.append(error)
            if len(unexpected) > MOST_UNEXPECTED and not outcome.applied:
                break
        else:
            outcome.add(group, applied)
    if unexpected and not outcome.applied:
        raise unexpected[0]
    outcome.rest = [item for group in reversed(pending) for item in group]
    return outcome


def _refused(item: Valid, error: Exception) -> Malformed:
    if isinstance(error, EffectError):
        return refused(item.record, "refused-by-database", str(error))
    return unexpected(item.record, error)
