"""Classes of errors by how a function reacts to them."""

from __future__ import annotations

from enum import Enum


class Reaction(Enum):
    """The reaction to an error of a store."""

    RETRY = "retry"
    """The store is unavailable or busy: the same work may succeed later."""
    REPEAT = "repeat"
    """A concurrent transaction was faster: the same work succeeds in a new transaction, at once."""
    DEGRADE = "degrade"
    """The store is a copy: continue without it, and mark its entries as stale."""
    DEAD_LETTER = "dead-letter"
    """The store always refuses this data: it becomes a dead letter."""
    FAIL = "fail"
    """Configuration or code is wrong: no retry helps until it is changed."""
