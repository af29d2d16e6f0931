"""Isolation of events that the database refuses, by bisecting a chunk.

Data that the database refuses (SQLSTATE classes 22 and 23) would be refused at every retry and
block its shard until it expires. Bisecting finds k refused events among n with at most
2·k·(log₂ n + 1) statements. The laws of the contract allow it: the result does not depend on how
events are grouped into statements.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from catalog_runtime.reaction import Reaction
from inventory_processor.events import Malformed, Valid, refused, unexpected
from inventory_processor.inventory import reduce_batch
from inventory_processor.ports import Applied, CacheEntry, EffectError, StockStore

# More unexpected errors than this without a success are not caused by single events.
MOST_UNEXPECTED = 5


@dataclass(slots=True)
class Outcome:
    """The result of a chunk: events `applied`, `refused`, and for lack of time neither (`rest`).

    Each list is in stream order, and the rest follows all others. `current` and `has_stale` are
    those of `ports.Applied`.
    """

    applied: list[Valid] = field(default_factory=list)
    refused: list[Malformed] = field(default_factory=list)
    rest: list[Valid] = field(default_factory=list)
    changed: int = 0
    current: list[CacheEntry] = field(default_factory=list)
    has_stale: bool = False

    def add(self, items: Sequence[Valid], applied: Applied) -> None:
        """Add the result of one statement."""
        self.applied.extend(items)
        self.changed += applied.changed
        self.current.extend(applied.current)
        self.has_stale = applied.has_stale


def apply(store: StockStore, items: Sequence[Valid], has_time: Callable[[], bool]) -> Outcome:
    """Apply the events, in one statement if none is refused.

    When events are refused and `has_time` becomes false, those not yet tried are the rest. An
    unexpected exception refuses its event as well, provided that others succeed; if none does, the
    exception is raised. Raises `EffectError` when the database is unavailable.
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
            applied = store.apply(reduce_batch(item.change for item in group))
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
