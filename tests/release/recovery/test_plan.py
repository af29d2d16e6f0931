from __future__ import annotations

from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.release.recovery.plan import Kind, Plan, Step
from catalog_platform.release.recovery.resources import StackResource


def test_a_step_names_what_it_skips_or_retains() -> None:
    ids = ("Bucket", "Key")
    assert str(Step(Kind.DELETE, logical_ids=ids)) == "delete the stack, retain Bucket, Key"
    assert (
        str(Step(Kind.CONTINUE_ROLLBACK, logical_ids=ids))
        == "continue the rollback, skip Bucket, Key"
    )
    assert str(Step(Kind.UNPROTECT_DATABASE, database="db")).endswith("database off: db")


def test_a_plan_lists_steps_and_what_they_delete_and_leave() -> None:
    queue = StackResource("Queue", "q", "AWS::SQS::Queue", "CREATE_COMPLETE", "", "Delete")
    group = StackResource("Group", "g", "AWS::Logs::LogGroup", "", "", "Retain", imported=True)
    stack = StackStatus("catalog-prod", "arn", "DELETE_FAILED", "a reason")
    plan = Plan("prod", stack, (Step(Kind.DELETE),), deleted=(queue,), left=(group,))
    assert list(plan.lines()) == [
        "catalog-prod is DELETE_FAILED (a reason)",
        "1. delete the stack",
        "   deletes Queue (AWS::SQS::Queue q)",
        "   leaves Group (AWS::Logs::LogGroup g): the next deployment imports it",
    ]


def test_a_plan_without_steps_says_that_nothing_is_to_do() -> None:
    stack = StackStatus("catalog-prod", "arn", "UPDATE_COMPLETE")
    assert list(Plan("prod", stack).lines()) == [
        "catalog-prod is UPDATE_COMPLETE",
        "nothing to recover; deploy it: catalogctl deploy prod",
    ]
