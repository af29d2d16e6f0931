from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET

from catalog_platform.pipeline.planning.acknowledgements import change_digest, kind_of
from catalog_platform.plan.account.environment import with_account
from catalog_platform.plan.model import Account, Answer, Change, EnvironmentPlan, Note
from support.plan_models import change, environment

TYPES = {"Topic": "AWS::SNS::Topic"}


def note(**values: Any) -> Note:
    made = {
        "question": "drift",
        "resource": "Path/Topic",
        "logical_id": "Topic",
        "verdict": "at_risk",
        "message": "it was changed",
    }
    return Note(**{**made, **values})


def account(*notes: Note, answered: bool = True) -> Account:
    answer = Answer(question="drift", answered=answered, message="answered")
    return Account(
        account="333333333333",
        region="eu-west-1",
        stack="catalog-prod",
        stack_status="UPDATE_COMPLETE",
        answers=[answer],
        notes=[*notes],
    )


def asked(plan: EnvironmentPlan, *notes: Note, **values: Any) -> EnvironmentPlan:
    return with_account(plan, plan.changes, account(*notes, **values), "", TYPES)


def test_a_worse_note_counts_for_its_change() -> None:
    plan = asked(environment("prod", change("Topic")), note())
    (row,) = plan.changes
    assert (plan.verdict, row.verdict, row.blocking) == ("at_risk", "at_risk", True)
    assert row.explanation == "it restarts; it was changed"


def test_a_change_that_is_worse_keeps_its_verdict() -> None:
    row = change("Topic", verdict="lost", blocking=True)
    plan = asked(environment("prod", row), note())
    assert plan.changes[0].verdict == "lost"


def test_an_acknowledgement_does_not_cover_what_the_account_says_later() -> None:
    row = change("Topic", verdict="lost", blocking=True)
    first = asked(environment("prod", row), note(property="A", expected=1, actual=2)).changes[0]
    second = asked(environment("prod", row), note(property="A", expected=1, actual=3)).changes[0]
    assert len({change_digest(each, {}) for each in (row, first, second)}) == 3


DRIFTED = note()
DATABASE = note(question="databases")
DEPLOYED = note(question="template")
SAFE, LOST = change("Topic"), change("Topic", verdict="lost", blocking=True)


@pytest.mark.parametrize(
    ("row", "notes", "is_drift"),
    [
        (SAFE, [DRIFTED], True),
        (SAFE, [DRIFTED, DATABASE], True),
        (SAFE, [note(verdict="safe"), DRIFTED], True),
        (None, [DRIFTED], True),
        (None, [DATABASE, DRIFTED], True),
        (SAFE, [note(verdict="safe")], False),
        (LOST, [DRIFTED], False),
        (SAFE, [DEPLOYED], False),
        (SAFE, [DEPLOYED, DRIFTED], False),
        (SAFE, [DRIFTED, DEPLOYED], False),
        (None, [DRIFTED, DEPLOYED], False),
    ],
)
def test_only_a_change_that_nothing_but_drift_blocks_is_accepted_as_drift(
    row: Change | None, notes: list[Note], is_drift: bool
) -> None:
    plan = asked(environment("prod", *([] if row is None else [row])), *notes)
    (found,) = plan.changes
    assert (found.drift is True) is is_drift
    assert kind_of(found) == ("drift" if is_drift else "change")


def test_a_harmless_note_changes_nothing() -> None:
    before = environment("prod", change("Topic"))
    plan = asked(before, note(verdict="safe"))
    assert (plan.changes, plan.verdict) == (before.changes, "safe")


def test_a_blocking_note_about_another_resource_is_a_change_of_its_own() -> None:
    plan = asked(environment("prod", status="unchanged"), note())
    (row,) = plan.changes
    assert (row.resource, row.verdict, row.blocking) == ("Path/Topic", "at_risk", True)
    assert row.type == "AWS::SNS::Topic"
    assert plan.status == "changed"


def test_a_refused_update_is_a_change_of_the_stack() -> None:
    refused = note(resource="(stack)", logical_id="", verdict="rejected", message="no")
    plan = asked(environment("prod"), refused)
    (row,) = plan.stack_changes
    assert (row.resource, row.type, row.verdict, row.blocking) == (
        "(stack)",
        "stack",
        "rejected",
        True,
    )
    assert plan.verdict == "rejected"


def test_without_an_answer_nothing_is_unchanged_or_safe() -> None:
    unchanged = environment("prod", status="unchanged")
    plan = asked(unchanged, answered=False)
    assert (plan.status, plan.verdict) == ("unknown", "at_risk")
    assert asked(unchanged).status == "unchanged"
    assert asked(environment("prod", change("Topic")), answered=False).status == "changed"


def test_the_deployed_commit_is_absent_when_it_is_not_known() -> None:
    plan = environment("prod")
    assert with_account(plan, [], account(), "", {}).deployed is UNSET
    assert with_account(plan, [], account(), "0" * 40, {}).deployed == "0" * 40
