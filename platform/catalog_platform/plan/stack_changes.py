"""Changes of a stack as a whole: account, region, termination protection, sections of the template.

Resources are compared one by one. Another section, such as the conditions, can decide which of them
exist and which values they have; its functions are not evaluated here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.aws.refused_updates.values import same
from catalog_platform.plan.property_changes import UNSET, ValueChange
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.values import REDACTED
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.lifecycle import Judgement

PROTECTION = (
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html"
)
IDENTITY = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacks.html"
ANATOMY = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html"
# Sections that are compared elsewhere, or that change no resource.
WITHOUT_EFFECT = ("Resources", "Outputs", "Metadata", "Description", "AWSTemplateFormatVersion")
Found = tuple[ValueChange, Judgement]


def stack_changes(base: Stack, head: Stack) -> tuple[Found, ...]:
    """Return what changes outside of the resources, each with its judgement."""
    found: list[Found] = []
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
    if not is_another_stack(base, head):
        found += _section_changes(base, head)
    return tuple(found)


def _section_changes(base: Stack, head: Stack) -> Iterator[Found]:
    for section in sorted({*base.template, *head.template} - {*WITHOUT_EFFECT}):
        old, new = (side.template.get(section, UNSET) for side in (base, head))
        if old is UNSET or new is UNSET or not same(old, new):
            text = (
                f"{section} of the template can decide which resources exist, or which values they"
                " have: what the change does to each of them is not known here"
            )
            judgement = Judgement(Verdict.AT_RISK, text, ANATOMY)
            yield ValueChange(section, _shown(old), _shown(new)), judgement


def _shown(section: Any) -> Any:
    """Return a section without the default values of parameters that must not be shown."""
    if not isinstance(section, Mapping):
        return section
    return {
        name: {**entry, "Default": REDACTED}
        if isinstance(entry, Mapping) and entry.get("NoEcho") in (True, "true")
        else entry
        for name, entry in section.items()
    }


def is_another_stack(base: Stack, head: Stack) -> bool:
    """Return whether the head is deployed beside the base instead of over it."""
    return (base.account, base.region) != (head.account, head.region)
