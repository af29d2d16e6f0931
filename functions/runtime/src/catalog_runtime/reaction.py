"""What a function does about an error of a store; each client classifies its errors once."""

from __future__ import annotations

from enum import Enum


class Reaction(Enum):
    """What to do about an error."""

    RETRY = "retry"
    """The store is away or busy: the same work may succeed later."""
    REPEAT = "repeat"
    """A concurrent transaction was faster: the same work succeeds in a new transaction, at once."""
    DEGRADE = "degrade"
    """The store is a copy: go on without it, and note what it lacks."""
    DEAD_LETTER = "dead-letter"
    """The store refuses this very data, now and later: it becomes a dead letter."""
    FAIL = "fail"
    """Configuration or code is wrong: no retry helps until somebody changes it."""
