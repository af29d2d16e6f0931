"""A row of the table of verdicts, and the conditions that rows share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.verdict import Verdict

Condition = Callable[[ResourceUpdate], bool]
# `before` or `after` of an update: returns the value of a property.
Read = Callable[[str], Any]


def always(_update: ResourceUpdate) -> bool:
    """Apply to every change of the property."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What a change of `property` of a type does when it is updated in place, and who says so.

    `property` is a property of the resource, or a path such as `A.B`. `applies` narrows the row
    to some changes of it. `checked` is the day on which `source` was read. A row about a lost
    protection also counts when the resource is replaced.
    """

    verdict: Verdict
    type: str
    property: str
    explanation: str
    source: str
    applies: Condition = always
    # The day of most rows; a later row states its own.
    checked: str = "2026-11-26"

    def concerns(self, update: ResourceUpdate) -> bool:
        """Return whether the row is about the update."""
        return update.type == self.type and update.changes(self.property) and self.applies(update)


def decreases(path: str, *, default: int | None = None) -> Condition:
    """Apply when a number gets smaller; `default` is what AWS takes where it is unset."""

    def condition(update: ResourceUpdate) -> bool:
        old, new = (
            default if read(path) is None else number(read(path))
            for read in (update.before, update.after)
        )
        return old is not None and new is not None and new < old

    return condition


def switched_off(path: str) -> Condition:
    """Apply when a value that was set is removed, false or zero."""
    off: tuple[object, ...] = (None, False, "false", 0, "0", "", [], {})

    def condition(update: ResourceUpdate) -> bool:
        return update.before(path) not in off and update.after(path) in off

    return condition


def switched_on(path: str) -> Condition:
    """Apply when a value becomes true."""
    return lambda update: update.after(path) in (True, "true")


def changes_to(path: str, value: object) -> Condition:
    """Apply when a property gets a value."""
    return lambda update: update.after(path) == value != update.before(path)


def shrinks(path: str) -> Condition:
    """Apply when a list loses an element."""

    def condition(update: ResourceUpdate) -> bool:
        old, new = (read(path) or [] for read in (update.before, update.after))
        return isinstance(old, list) and any(each not in new for each in old)

    return condition


def either(*conditions: Condition) -> Condition:
    """Apply when one of the conditions applies."""
    return lambda update: any(condition(update) for condition in conditions)


def mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping of a template, empty for anything else, such as a function's result."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> list[Mapping[str, Any]]:
    """Return the mappings in a list of a template; none for anything else."""
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
