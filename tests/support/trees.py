"""Exception class hierarchies: what a library can raise."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def subclasses(kind: type[T]) -> list[type[T]]:
    """Return all subclasses of a class, each once, sorted by name."""
    found: set[type[T]] = set()
    pending = [kind]
    while pending:
        below = set(pending.pop().__subclasses__()) - found
        found |= below
        pending += below
    return sorted(found, key=lambda each: (each.__module__, each.__qualname__))
