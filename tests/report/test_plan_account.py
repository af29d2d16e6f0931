from __future__ import annotations

from typing import Any

from catalog_platform.plan.model import Account, Answer, EnvironmentPlan, Note
from catalog_platform.report import plan_account, plan_html, plan_markdown, plan_text
from support.plan_models import environment, plan

ANSWERED = Answer(question="template", answered=True, message="as the base")
OPEN = Answer(
    question="change_set", answered=False, message="<not allowed>", hint="use another role"
)


def note(**values: Any) -> Note:
    made = {
        "question": "drift",
        "resource": "Path/Topic",
        "logical_id": "Topic",
        "verdict": "safe",
        "message": "changed by hand",
        "property": "DisplayName",
        "expected": "",
        "actual": "<b>",
    }
    return Note(**{**made, **values})


def asked(*notes: Note, **values: Any) -> EnvironmentPlan:
    made: dict[str, Any] = {
        "account": "333333333333",
        "region": "eu-west-1",
        "stack": "catalog-prod",
        "stack_status": "UPDATE_COMPLETE",
        "answers": [ANSWERED, OPEN],
        "notes": [*notes],
    }
    return environment("prod", status="unchanged", account=Account(**{**made, **values}))


def test_the_text_has_each_answer_and_the_notes_that_are_no_changes() -> None:
    blocking = note(resource="Other", verdict="at_risk")
    assert plan_text.render(plan(asked(note(), blocking))).splitlines()[2:] == [
        "prod: unchanged",
        "  against account 333333333333 (eu-west-1), stack catalog-prod: UPDATE_COMPLETE",
        "    template: as the base",
        "    change set: NOT ANSWERED: <not allowed>",
        "      hint: use another role",
        '    Path/Topic: DisplayName: "" in the template, <b> in the account: changed by hand',
    ]


def test_markdown_shows_the_account_of_an_unchanged_environment_without_markup_of_values() -> None:
    text = plan_markdown.render(plan(asked(note())))
    assert "**against account 333333333333" in text
    assert "<b>prod</b>" in text
    assert "<not allowed>" not in text
    assert text.count("<b>") == 1
    assert "--base 111111111111 --against aws" in text


def test_the_page_shows_the_same_without_markup_of_values() -> None:
    text = plan_html.render(plan(asked(note())))
    assert "against account 333333333333" in text
    assert "NOT ANSWERED: &lt;not allowed&gt;" in text
    assert "&lt;b&gt; in the account" in text
    assert "against account" not in plan_html.render(plan(environment("prod")))


def test_a_command_that_deletes_what_is_left_is_not_cut() -> None:
    hint = "delete it: " + "x" * 1000
    answer = Answer(question="change_set", answered=False, message="m" * 1000, hint=hint)
    found = asked(answers=[answer])
    assert hint in "\n".join(plan_account.text(found))
    assert hint in plan_account.markdown(found)


def test_an_environment_whose_account_was_not_asked_has_no_such_part() -> None:
    without = environment("prod")
    assert [*plan_account.text(without)] == []
    assert plan_account.markdown(without) == ""
    assert "--against" not in plan_markdown.render(plan(without))


def test_many_notes_and_long_values_are_cut() -> None:
    notes = [note(actual="x" * 5000)] * (plan_account.NOTES + 2)
    lines = [*plan_account.text(asked(*notes))]
    assert lines[-1] == "    2 more notes"
    assert max(map(len, lines)) < plan_account.WIDTH + 30


def test_a_stack_that_does_not_exist_has_no_status() -> None:
    found = Account(account="1", region="r", stack="catalog-prod", answers=[ANSWERED], notes=[])
    assert next(plan_account.text(environment("prod", account=found))).endswith(": no stack")
