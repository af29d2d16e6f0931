"""What a change does to a deployed stack, from harmless to worst."""

from __future__ import annotations

import enum
import functools
from collections.abc import Iterable


@enum.unique
@functools.total_ordering
class Verdict(enum.Enum):
    """The effect of a change; later members are worse.

    `SAFE`: nothing that depends on the resource notices. `INTERRUPTS`: connections drop, or the
    resource restarts or fails over. `ORPHANED`: the resource leaves the stack and stays in the
    account and on the bill. `UNPROTECTED`: a protection is taken away. `IRREVERSIBLE`: AWS has no
    way back. `AT_RISK`: the effect depends on the deployed state, or AWS's own sources disagree.
    `LOST`: data, older data, backups or snapshots are deleted. `REJECTED`: AWS refuses the update.
    """

    SAFE = "safe"
    INTERRUPTS = "interrupts"
    ORPHANED = "orphaned"
    UNPROTECTED = "unprotected"
    IRREVERSIBLE = "irreversible"
    AT_RISK = "at_risk"
    LOST = "lost"
    REJECTED = "rejected"

    @property
    def rank(self) -> int:
        """Return 0 for the harmless verdict, and more for each worse one."""
        return list(Verdict).index(self)

    @property
    def blocks(self) -> bool:
        """Return whether a change with this verdict needs an acknowledgement."""
        return self >= Verdict.UNPROTECTED

    def __lt__(self, other: object) -> bool:
        """Return whether this verdict is less harmful."""
        return self.rank < other.rank if isinstance(other, Verdict) else NotImplemented


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; `SAFE` without any."""
    return max(verdicts, default=Verdict.SAFE)
