"""Find the edits that cause each change, by applying some of the edits only.

A set of edits causes a change if they alone reproduce it exactly. Edits that can be left out
without a difference are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Generic, TypeVar

from catalog_platform.plan.changes import ResourceChange

Edit = TypeVar("Edit")
Rows = Mapping[str, ResourceChange]
Evaluate = Callable[[frozenset[Edit]], Rows | None]


class Attribution(Generic[Edit]):
    """The causes of the changes between two versions of a stack.

    `evaluate` returns the changes, by logical id, from the base to the head's code with some of
    the edits; None if these edits can't be synthesised alone. Each set is evaluated once, and not
    at all if the caller knows its changes: `every` is those of all edits, `of_code` those of none.
    """

    def __init__(
        self,
        edits: Sequence[Edit],
        evaluate: Evaluate[Edit],
        *,
        every: Rows | None = None,
        of_code: Rows | None = None,
    ) -> None:
        self._edits = tuple(edits)
        self._evaluate = evaluate
        self._known: dict[frozenset[Edit], Rows | None] = {}
        if of_code is not None:
            self._known[frozenset()] = of_code
        if every is not None:
            self._known[frozenset(edits)] = every
        self.every = self._rows(frozenset(edits)) or {}

    @property
    def evaluations(self) -> int:
        """Return how many sets of edits were evaluated."""
        return len(self._known)

    def of_code(self) -> Rows | None:
        """Return the changes that the code makes without an edit; None if that isn't possible."""
        return self._rows(frozenset())

    def causes(self) -> dict[str, tuple[Edit, ...]]:
        """Return the edits that cause each change, by logical id, in the order of the edits."""
        return {name: self._causes(name) for name in self.every}

    def _causes(self, name: str) -> tuple[Edit, ...]:
        if self._explains(frozenset(), name):
            return ()
        units = self._units()
        alone = next((unit for unit in units if self._explains(unit, name)), None)
        found = alone or self._together(units, name)
        smallest = self._smallest(found, name)
        return tuple(edit for edit in self._edits if edit in smallest)

    def _units(self) -> list[frozenset[Edit]]:
        """Return each edit alone, or with another one if it can't be synthesised alone."""
        return list(dict.fromkeys(self._unit(edit) for edit in self._edits))

    def _unit(self, edit: Edit) -> frozenset[Edit]:
        alone = frozenset({edit})
        pairs = (frozenset({edit, other}) for other in self._edits)
        return next(
            (unit for unit in (alone, *pairs) if self._rows(unit) is not None),
            frozenset(self._edits),
        )

    def _together(self, units: Sequence[frozenset[Edit]], name: str) -> frozenset[Edit]:
        """Return edits that explain a change together: those with an effect on it."""
        code = (self.of_code() or {}).get(name)
        with_effect: frozenset[Edit] = frozenset().union(
            *(unit for unit in units if (self._rows(unit) or {}).get(name) != code)
        )
        if self._explains(with_effect, name):
            return with_effect
        every = frozenset(self._edits)
        needed = (edit for edit in self._edits if not self._explains(every - {edit}, name))
        found = with_effect | frozenset(needed)
        return found if self._explains(found, name) else every

    def _smallest(self, found: frozenset[Edit], name: str) -> frozenset[Edit]:
        """Leave out edits, one after the other, as long as the rest explains the change."""
        for edit in self._edits:
            if edit not in found or len(found) == 1 or self._is_needed(edit, found, name):
                continue
            if self._explains(found - {edit}, name):
                found -= {edit}
        return found

    def _is_needed(self, edit: Edit, found: frozenset[Edit], name: str) -> bool:
        """Return whether a part of the change comes with this edit alone, and with no other alone.

        It saves an evaluation for most edits of most changes.
        """
        own = self._parts(frozenset({edit}), name) & _parts(self.every[name])
        others = (self._parts(frozenset({other}), name) for other in found - {edit})
        return bool(own.difference(self._parts(frozenset(), name), *others))

    def _parts(self, edits: frozenset[Edit], name: str) -> frozenset[str]:
        row = (self._known.get(edits) or {}).get(name)
        return frozenset() if row is None else _parts(row)

    def _explains(self, edits: frozenset[Edit], name: str) -> bool:
        return (self._rows(edits) or {}).get(name) == self.every[name]

    def _rows(self, edits: frozenset[Edit]) -> Rows | None:
        if edits not in self._known:
            self._known[edits] = self._evaluate(edits)
        return self._known[edits]


def _parts(row: ResourceChange) -> frozenset[str]:
    """Return what a change consists of, as text."""
    return frozenset(map(repr, (*row.values, *row.via, *row.replaced_by)))
