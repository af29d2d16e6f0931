"""Changes of a stack that no template shows: its account, region and termination protection."""

from __future__ import annotations

from catalog_platform.plan.property_changes import ValueChange
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.lifecycle import Judgement

PROTECTION = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html"
)
IDENTITY = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html"


def stack_changes(base: Stack, head: Stack) -> tuple[tuple[ValueChange, Judgement], ...]:
    """Return what changes outside of the template, each with its judgement."""
    found: list[tuple[ValueChange, Judgement]] = []
    for name, old, new in (
        ("account", base.account, head.account),
        ("region", base.region, head.region),
    ):
        if old != new:
            text = (
                f"another {name} means another stack: it is created with empty stores, and the"
                " old one stays where it is"
            )
            found.append((ValueChange(name, old, new), Judgement(Verdict.AT_RISK, text, IDENTITY)))
    if base.is_protected != head.is_protected:
        change = ValueChange("termination_protection", base.is_protected, head.is_protected)
        verdict = Verdict.SAFE if head.is_protected else Verdict.UNPROTECTED
        text = (
            "the stack can't be deleted any more"
            if head.is_protected
            else ("the stack can be deleted")
        )
        found.append((change, Judgement(verdict, text, PROTECTION)))
    return tuple(found)


def is_another_stack(base: Stack, head: Stack) -> bool:
    """Return whether the head is deployed beside the base instead of over it."""
    return (base.account, base.region) != (head.account, head.region)
