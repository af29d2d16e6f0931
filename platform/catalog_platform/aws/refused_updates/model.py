"""A rule of AWS about updates, and its result."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate

MAX_VALUE_LENGTH = 60
# The manifest's keys of properties that rules for every type report.
KEYS = {
    ("AWS::RDS::DBInstance", "DBName"): "database.name",
    ("AWS::RDS::DBInstance", "PerformanceInsightsKMSKeyId"): "database.performance_insights",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the table: which update of `property` AWS refuses, why, and where AWS says so.

    `type` is a resource type, or empty for every type. An empty `property` means the create-only
    property that changes. `key` is the manifest's key that sets it, empty without one.
    Most rules concern updates in place; those with `of_replacements` concern replacements, those
    with `of_deletions` the deployed resource that is removed or replaced, those with `of_types` a
    resource of another type under the same logical id, whose properties mean nothing to the others.
    AWS carries out an update of a rule that `breaks`, but the stack doesn't work afterwards.
    """

    type: str
    property: str
    key: str = ""
    reason: str
    source: str
    refuses: Callable[[ResourceUpdate], bool]
    of_replacements: bool = False
    of_deletions: bool = False
    of_types: bool = False
    breaks: bool = False

    def applies_to(self, update: ResourceUpdate) -> bool:
        """Return whether the rule is about this type and this way of updating it."""
        if self.of_types or update.changes_type:
            return self.of_types and update.changes_type
        if self.type not in ("", update.type):
            return False
        if self.of_deletions:
            return update.is_removed or bool(update.replaced_by)
        return not update.is_removed and self.of_replacements == update.is_replaced


@dataclass(frozen=True, slots=True)
class Refusal:
    """An update that AWS refuses; `old` and `new` are the values of `property` as text.

    AWS carries out an update that `breaks` the stack, and one of a resource that it then
    `leaves_behind` in the account.
    """

    resource: str
    type: str
    property: str
    old: str
    new: str
    key: str
    reason: str
    source: str
    breaks: bool = False
    leaves_behind: bool = False

    @classmethod
    def of(cls, rule: Rule, update: ResourceUpdate) -> Refusal:
        """Return the refusal of an update by a rule."""
        name = rule.property or (update.replaced_by or update.identifier)[0]
        old, new = update.before(name), update.after(name)
        if rule.of_types:
            old, new = update.old["Type"], update.new["Type"]
        return cls(
            update.logical_id,
            update.type,
            name,
            _text(old),
            _text(new),
            rule.key or KEYS.get((update.type, name), ""),
            rule.reason,
            rule.source,
            rule.breaks,
            rule.of_deletions,
        )

    def __str__(self) -> str:
        """Return the refusal as one sentence."""
        key = f"{self.key}: " if self.key else ""
        if self.leaves_behind:
            kept = f"AWS leaves {self.resource} ({self.type}) behind"
            return f"{key}{kept}: {self.reason} ({self.source})"
        change = f"{self.old} → {self.new}" if self.old != self.new else self.old
        effect = "the stack breaks after" if self.breaks else "AWS refuses"
        return (
            f"{key}{effect} {self.resource}.{self.property} ({self.type}): {change}:"
            f" {self.reason} ({self.source})"
        )


def _text(value: Any) -> str:
    if value is None:
        return "(unset)"
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= MAX_VALUE_LENGTH else f"{text[: MAX_VALUE_LENGTH - 1]}…"
