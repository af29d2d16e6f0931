"""When the plan of a prepared statement is outdated.

PostgreSQL plans a prepared statement once for all batches, and keeps the plan until the statistics
of a table change. So a plan that scans a small table could be kept while the table grows. It is
outdated as soon as one of the tables has more than twice the size that it had before.
https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
"""

from __future__ import annotations

from collections.abc import Sequence

# Releases the plan, not the statement; its next execution makes another.
DISCARD = "DISCARD PLANS"


class KeptPlan:
    """The sizes of a statement's tables, each at most the one for which its plan was made."""

    def __init__(self) -> None:
        self.is_outdated = False
        self._sizes: Sequence[int] = ()

    def note(self, sizes: Sequence[int]) -> None:
        """Note the sizes of the tables in bytes, always in the same order."""
        grown = any(now > 2 * before for before, now in zip(self._sizes, sizes, strict=False))
        if grown or not self._sizes:
            self._sizes = sizes
        self.is_outdated |= grown

    def discarded(self) -> None:
        """Note that the plan has been discarded."""
        self.is_outdated = False
