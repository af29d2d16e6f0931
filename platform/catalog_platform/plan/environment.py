"""Compare two versions of one environment's stack; return the comparison in the plan's form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import UNSET

from catalog_platform.plan import values
from catalog_platform.plan.changes import ResourceChange, changes
from catalog_platform.plan.model import Change, Property
from catalog_platform.plan.property_changes import UNSET as MISSING
from catalog_platform.plan.property_changes import ValueChange
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.stack_changes import is_another_stack, stack_changes
from catalog_platform.plan.verdict import Verdict, worst
from catalog_platform.plan.verdicts.lifecycle import Judgement

EMPTY: dict[str, dict[str, object]] = {"Resources": {}}


def resource_changes(
    base: Stack | None, head: Stack | None, found: Sequence[ResourceChange] | None = None
) -> list[Change]:
    """Return the changes of the resources; None is a stack that does not exist.

    A stack in another account or region is created beside the old one, which leaves the plan.
    `found` are the changes between two existing stacks, if the caller has them already.
    """
    if base is None or head is None or is_another_stack(base, head):
        either = head or base
        if either is None:
            return []
        if head is None:
            return [_removed(each) for each in _against_nothing(either)]
        return [_change(each) for each in _against_nothing(either)]
    return [_change(each) for each in (changes(base, head) if found is None else found)]


def changes_of_stack(base: Stack | None, head: Stack | None) -> list[Change]:
    """Return the changes outside of the resources, as changes of the stack itself."""
    if base is None or head is None:
        return []
    return [
        Change(
            resource="(stack)",
            logical_id="",
            type="stack",
            action="update",
            verdict=judgement.verdict.value,
            retained=value.path in ("account", "region"),
            group="",
            blocking=judgement.verdict.blocks,
            properties=[_property(value, judgement.verdict, (), value.path)],
            because=[],
            via=[],
            explanation=judgement.explanation,
            source=judgement.source,
        )
        for value, judgement in stack_changes(base, head)
    ]


def worst_of(found: Iterable[Change]) -> Verdict:
    """Return the worst verdict of some changes."""
    return worst(Verdict(each.verdict) for each in found)


def _against_nothing(stack: Stack) -> tuple[ResourceChange, ...]:
    nothing = Stack(
        template=EMPTY, account=stack.account, region=stack.region, is_protected=False, paths={}
    )
    return changes(nothing, stack)


def _removed(change: ResourceChange) -> Change:
    """Return the row of a resource whose whole environment is removed from the repository."""
    text = "the manifest is removed, and a merge deletes no stack: it stays as it is deployed"
    return Change(
        resource=change.resource,
        logical_id=change.logical_id,
        type=change.type,
        action="remove",
        verdict=Verdict.ORPHANED.value,
        retained=True,
        group="",
        blocking=False,
        properties=[],
        because=[],
        via=[],
        explanation=text,
        source="",
    )


def _change(change: ResourceChange) -> Change:
    judgement = change.judgement
    by_property: dict[str, Verdict] = {}
    for each in change.judgements:
        name = each.path.partition(".")[0]
        by_property[name] = max(by_property.get(name, Verdict.SAFE), each.verdict)
    return Change(
        resource=change.resource,
        logical_id=change.logical_id,
        type=change.type,
        action=change.action,
        verdict=judgement.verdict.value,
        retained=change.is_retained,
        group="",
        blocking=judgement.verdict.blocks,
        properties=[
            _property(value, _verdict(value, change, by_property), change.replaced_by)
            for value in change.values
        ],
        because=[],
        via=list(change.via),
        explanation=_explanation(change, judgement),
        source=judgement.source,
    )


def _verdict(
    value: ValueChange, change: ResourceChange, by_property: dict[str, Verdict]
) -> Verdict:
    """Return the verdict of one value: its own, or that of the replacement that it causes.

    A judgement without a path is about every value, that of a replacement about those that cause
    it.
    """
    if value.property in change.replaced_by:
        return change.verdict
    own = by_property.get(value.property, Verdict.SAFE)
    return own if change.action == "replace" else max(own, by_property.get("", Verdict.SAFE))


def _explanation(change: ResourceChange, judgement: Judgement) -> str:
    """Return the worst explanation, with the other ones that matter."""
    others = sorted(
        {
            each.explanation
            for each in change.judgements
            if each.verdict > Verdict.SAFE and each.explanation != judgement.explanation
        }
    )
    return "; ".join((judgement.explanation, *others))


def _property(
    value: ValueChange, verdict: Verdict, replaced_by: tuple[str, ...], name: str = ""
) -> Property:
    path = name or value.path
    secret = any(values.is_secret(path, each) for each in (value.old, value.new))
    old, new = (
        UNSET if each is MISSING else values.REDACTED if secret else each
        for each in (value.old, value.new)
    )
    return Property(
        path=path,
        old=old,
        new=new,
        verdict=verdict.value,
        requires="replacement" if value.property in replaced_by else "update",
        redacted=True if secret else UNSET,
        folded=True if values.is_folded(path) else UNSET,
    )
