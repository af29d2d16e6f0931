"""The changes of a renamed environment: another stack name is another stack."""

from __future__ import annotations

from catalog_platform.aws.stack import stack_name
from catalog_platform.plan.model import Action, Change, Property
from catalog_platform.plan.stack_changes import IDENTITY
from catalog_platform.plan.verdict import Verdict


def rename_changes(old: str, new: str) -> list[Change]:
    """Return the changes of the two stacks when the environment `old` is renamed to `new`.

    The resources of the new stack are changes of their own.
    """
    before, after = stack_name(old), stack_name(new)
    name = Property(
        path="name",
        old=before,
        new=after,
        verdict=Verdict.AT_RISK.value,
        requires="replacement",
    )
    created = (
        f"a stack can't be renamed: {after} is created beside {before}, and its stores are empty"
    )
    left = f"a merge deletes no stack: {before} stays with its data, and on the bill"
    return [
        _row("(stack)", "replace", Verdict.AT_RISK, [name], created),
        _row(f"(stack {before})", "remove", Verdict.ORPHANED, [], left),
    ]


def _row(
    resource: str, action: Action, verdict: Verdict, properties: list[Property], text: str
) -> Change:
    return Change(
        resource=resource,
        logical_id="",
        type="stack",
        action=action,
        verdict=verdict.value,
        retained=True,
        group="",
        blocking=verdict.blocks,
        properties=properties,
        because=[],
        via=[],
        explanation=text,
        source=IDENTITY,
    )
