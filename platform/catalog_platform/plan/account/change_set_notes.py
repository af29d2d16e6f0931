"""Where CloudFormation's change set and the comparison of templates disagree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from catalog_platform.aws.preview.change_set import PlannedChange
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.changes import is_protected
from catalog_platform.plan.model import Change, Note
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict

ACTIONS = {"Add": ("add",), "Remove": ("remove",), "Modify": ("update", "replace", "rerun")}
DELETES = ("Delete", "ReplaceAndDelete")
PROTECTIVE = ("DeletionPolicy", "UpdateReplacePolicy")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
NO_EFFECT = {"Metadata"}


def change_set_notes(
    found: Sequence[PlannedChange], expected: Expected, deployed: Stack | None
) -> Iterator[Note]:
    """Yield the disagreements; where CloudFormation is worse, the note is `at_risk`.

    `deployed` is the template that is deployed, or taken as deployed. CloudFormation tries to
    delete what its deletion protection keeps, and leaves it then.
    """
    resources = {} if deployed is None else deployed.resources
    for each in found:
        row = expected.rows.get(each.logical_id)
        for verdict, message in _disagreements(each, row):
            yield expected.note("change_set", each.logical_id, verdict, message)
        is_kept = is_protected(resources.get(each.logical_id, {}))
        if each.policy in DELETES and row is not None and row.retained and not is_kept:
            message = f"CloudFormation deletes it ({each.policy}); the template retains it"
            yield expected.note("change_set", each.logical_id, Verdict.AT_RISK, message)
    listed = {each.logical_id for each in found}
    for row in expected.rows.values():
        if row.logical_id and row.logical_id not in listed:
            yield expected.note(
                "change_set",
                row.logical_id,
                Verdict.SAFE,
                f"the templates {row.action} it; CloudFormation's change set doesn't contain it",
            )


def _disagreements(found: PlannedChange, row: Change | None) -> Iterator[tuple[Verdict, str]]:
    if found.action == "Modify":
        yield from _of_update(found, row)
    elif found.action == "Import":
        yield Verdict.SAFE, "it exists already, and CloudFormation imports it into the stack"
    elif found.action == "Dynamic":
        yield Verdict.AT_RISK, "CloudFormation can't tell what it does to it before the update"
    elif row is None or row.action not in ACTIONS[found.action]:
        templates = f"the templates {row.action} it" if row else "the templates don't change it"
        word = {"Add": "adds", "Remove": "removes"}[found.action]
        yield Verdict.AT_RISK, f"CloudFormation {word} it, but {templates}"


def _of_update(found: PlannedChange, row: Change | None) -> Iterator[tuple[Verdict, str]]:
    is_replaced = row is not None and row.action == "replace"
    causes = f" because of {', '.join(found.causes)}" if found.causes else ""
    if found.replacement == "True" and not is_replaced:
        yield Verdict.AT_RISK, f"CloudFormation says replacement{causes}; the templates don't"
    elif found.replacement == "Conditional" and not is_replaced:
        yield Verdict.AT_RISK, f"CloudFormation says conditional replacement{causes}"
    elif found.replacement == "False" and is_replaced:
        yield Verdict.SAFE, "CloudFormation says no replacement; the comparison of templates does"
    elif row is None and not set(found.scope) <= NO_EFFECT:
        scope = ", ".join(found.scope) or "nothing that it names"
        yield Verdict.SAFE, f"CloudFormation updates it ({scope}); the templates don't change it"
    names = {each.path for each in row.properties} if row is not None else set()
    for name in PROTECTIVE:
        if name in found.scope and name not in names:
            yield Verdict.AT_RISK, f"CloudFormation changes its {name}; the templates don't"
