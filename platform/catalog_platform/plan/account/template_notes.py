"""How the deployed template differs from the base, and what that adds to a plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence

import msgspec
from msgspec import UNSET

from catalog_platform.aws.preview.deployed_template import as_returned
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Change, Note
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict

ADDED = "the deployed template differs from the base: this comparison is with the deployed one"


def from_deployed(deployed: Stack, head: Stack) -> list[Change]:
    """Return the changes from the deployed template to the head's."""
    return resource_changes(deployed, _as_returned(head))


def template_notes(base: Stack, deployed: Stack) -> Iterator[Note]:
    """Yield what the deployed template has that the base doesn't: one note per value."""
    found = resource_changes(_as_returned(base), deployed)
    expected = Expected.of(found, deployed.paths, base.paths)
    for each in found:
        if not each.properties:
            verb = {"add": "has", "remove": "doesn't have"}.get(each.action, "changes")
            text = f"the deployed template {verb} this resource ({each.type}); the base differs"
            yield expected.note("template", each.logical_id, Verdict.SAFE, text)
        for value in each.properties:
            yield expected.value_note(
                "template",
                each.logical_id,
                Verdict.SAFE,
                "the deployed template has another value than the base",
                value.path,
                value.old,
                value.new,
            )


def with_deployed(changes: Sequence[Change], actual: Sequence[Change]) -> list[Change]:
    """Return the changes, with those from the deployed template that are missing or worse.

    Without a base, `changes` is empty.
    """
    known = {each.logical_id: each for each in changes}
    found = {each.logical_id: each for each in changes}
    for each in actual:
        row = known.get(each.logical_id)
        if row is None:
            found[each.logical_id] = _explained(each)
        elif Verdict(each.verdict) > Verdict(row.verdict):
            found[each.logical_id] = msgspec.structs.replace(
                _explained(each), because=row.because, group=row.group
            )
    return [*found.values()]


def _explained(change: Change) -> Change:
    texts = [each for each in (ADDED, change.explanation) if each]
    return msgspec.structs.replace(
        change,
        explanation="; ".join(texts),
        account=[*([] if change.account is UNSET else change.account), ADDED],
    )


def _as_returned(stack: Stack) -> Stack:
    return dataclasses.replace(stack, template=as_returned(stack.template))
