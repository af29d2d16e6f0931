"""Splitting of a batch into chunks that fit into memory; each is read when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from inventory_processor.budget import Budget, BudgetError
from inventory_processor.events import Malformed, Valid, read, refused
from inventory_processor.kinesis import Record


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive records of a batch, at least one, and the events they hold."""

    records: list[Record] = field(default_factory=list)
    items: list[Valid | Malformed] = field(default_factory=list)


def chunks(batch: Sequence[Record]) -> Iterator[Chunk]:
    """Yield the batch in chunks that are determined by its content alone.

    All parts of a record are in one chunk. A record larger than a chunk is refused.
    """
    chunk, budget = Chunk(), Budget()
    for record in batch:
        items = _within(record, budget)
        if items is None and chunk.records:
            yield chunk
            # Drop the old chunk before the record is read again, to free its memory.
            chunk, budget = Chunk(), Budget()
            items = _within(record, budget)
        chunk.records.append(record)
        # After a refusal the budget is exhausted, so that the next record starts a new chunk.
        chunk.items.extend([_too_large(record)] if items is None else items)
    yield chunk


def _within(record: Record, budget: Budget) -> list[Valid | Malformed] | None:
    try:
        return read(record, budget)
    except BudgetError:
        return None


def _too_large(record: Record) -> Malformed:
    return refused(record, "too-large", Budget.limit())
