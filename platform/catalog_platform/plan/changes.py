"""The changes between two versions of a stack, one per resource."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from catalog_platform.aws.provider_schemas import is_custom
from catalog_platform.aws.refused_updates import moved_attributes
from catalog_platform.aws.refused_updates.update import (
    ResourceUpdate,
    StackUpdate,
    references,
)
from catalog_platform.aws.refused_updates.values import is_true
from catalog_platform.plan.property_changes import ValueChange, value_changes
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts import judge
from catalog_platform.plan.verdicts.lifecycle import RETAIN, Judgement

Action = Literal["add", "update", "replace", "remove", "rerun"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceChange:
    """The change of one resource.

    `resource` is its construct path. `is_retained` is whether a removed or replaced resource stays
    in the account, because of its policy or its deletion protection. `replaced_by` has the
    properties that require the replacement. `via` has the logical ids of the changed resources it
    refers to that make it change. `judgement` is the worst of `judgements`.
    """

    resource: str
    logical_id: str
    type: str
    action: Action
    is_retained: bool
    values: tuple[ValueChange, ...]
    replaced_by: tuple[str, ...]
    via: tuple[str, ...]
    judgements: tuple[Judgement, ...]

    @property
    def judgement(self) -> Judgement:
        """Return the worst judgement, of equal ones the first."""
        return max(self.judgements, key=lambda each: each.verdict.rank)

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict."""
        return self.judgement.verdict


def changes(base: Stack, head: Stack) -> tuple[ResourceChange, ...]:
    """Return the changes between two versions, the worst first, then by construct path."""
    update = StackUpdate.between(base.template, head.template)
    found = [_change(each, base, head) for each in update.updates if _has_effect(each)]
    return tuple(sorted(found, key=lambda each: (-each.verdict.rank, each.resource)))


def _has_effect(update: ResourceUpdate) -> bool:
    """Return whether the change is more than one of metadata or of an order of creation."""
    return bool(
        update.is_added
        or update.is_removed
        or update.is_replaced
        or value_changes(update.old, update.new)
        or _via(update)
    )


def _change(update: ResourceUpdate, base: Stack, head: Stack) -> ResourceChange:
    stack = base if update.is_removed else head
    action = _action(update)
    policy = {
        "remove": (update.old, "DeletionPolicy"),
        "replace": (update.new, "UpdateReplacePolicy"),
    }
    side, name = policy.get(action, ({}, ""))
    values = () if action in ("add", "remove") else value_changes(update.old, update.new)
    return ResourceChange(
        resource=stack.path(update.logical_id),
        logical_id=update.logical_id,
        type=update.type,
        action=action,
        is_retained=side.get(name) in RETAIN or (action in policy and is_protected(update.old)),
        values=values,
        replaced_by=update.replaced_by,
        via=_via(update),
        judgements=tuple(judge(update)),
    )


def is_protected(resource: Mapping[str, Any]) -> bool:
    """Return whether the deletion protection of a deployed resource stops its deletion."""
    return is_true(resource.get("Properties", {}).get("DeletionProtection"))


def _action(update: ResourceUpdate) -> Action:
    if update.is_added:
        return "add"
    if update.is_removed:
        return "remove"
    if update.is_replaced:
        return "replace"
    return "rerun" if is_custom(update.type) else "update"


def _via(update: ResourceUpdate) -> tuple[str, ...]:
    """Return the changed resources whose new name or attribute the resource gets."""
    if update.is_added or update.is_removed:
        return ()
    properties = update.new.get("Properties", {})
    replaced = {each for each in references(properties) if each in update.stack.replaced}
    return tuple(sorted(replaced | moved_attributes.referred(properties, update.stack.moved)))
