"""Cuts a batch into chunks that fit into memory, each read only when the one before is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from inventory_processor.budget import Budget, BudgetError
from inventory_processor.events import Malformed, Valid, read, refused
from inventory_processor.kinesis import Record


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some of a batch's records in their order, and what they hold; at least one record."""

    records: list[Record] = field(default_factory=list)
    items: list[Valid | Malformed] = field(default_factory=list)


def chunks(batch: Sequence[Record]) -> Iterator[Chunk]:
    """The whole batch, in chunks that depend on nothing but its content.

    All parts of a record are in one chunk. A record that fits into no chunk is refused.
    """
    chunk, budget = Chunk(), Budget()
    for record in batch:
        items = _within(record, budget)
        if items is None and chunk.records:
            yield chunk
            # What is dropped here before the record is read again is memory for it.
            chunk, budget = Chunk(), Budget()
            items = _within(record, budget)
        chunk.records.append(record)
        # After a refusal the budget is exhausted, and the next record begins another chunk.
        chunk.items.extend([_too_large(record)] if items is None else items)
    yield chunk


def _within(record: Record, budget: Budget) -> list[Valid | Malformed] | None:
    try:
        return read(record, budget)
    except BudgetError:
        return None


def _too_large(record: Record) -> Malformed:
    return refused(record, "too-large", Budget.limit())
