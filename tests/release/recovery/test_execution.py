from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalog_platform.aws.api_errors import CredentialsError, NoPermissionError
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release.recovery import execution
from catalog_platform.release.recovery.plan import Kind, Plan, Step
from catalog_platform.release.recovery.resources import StackResource
from support.stubbed import STACK_ID, StubbedSession

SERVICES = ("cloudformation", "rds", "s3")
FAILED = ("stack CREATE_IN_PROGRESS", "stack ROLLBACK_FAILED")
DELETED = frozenset({"DELETE_COMPLETE"})
DELETE, UNPROTECT = Step(Kind.DELETE, DELETED), Step(Kind.UNPROTECT_STACK)


def plan(*steps: Step, status: str = "ROLLBACK_FAILED", **fields: Any) -> Plan:
    stack = StackStatus("catalog-prod", STACK_ID, status)
    return Plan("prod", stack, steps, newest_event="event-1", **fields)


def execute(session: StubbedSession, wanted: Plan, *, timeout: float = 60) -> list[str]:
    """Carry the plan out; return its steps and what they showed."""
    shown: list[str] = []

    @contextlib.contextmanager
    def show_step(title: str) -> Iterator[Callable[[str], None]]:
        shown.append(title)
        yield shown.append

    execution.execute(session, wanted, timeout=timeout, show_step=show_step, sleep=lambda _: None)
    return shown


def unchanged(session: StubbedSession, status: str = "ROLLBACK_FAILED") -> None:
    """Answer what is read before a step."""
    session.stack(status)
    session.events(*FAILED)


def test_a_stack_is_deleted_by_its_arn_after_its_protections_are_off() -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.answer("rds", "modify_db_instance", {})
        session.answer("rds", "describe_db_instances", {"DBInstances": []})
        unchanged(session)
        session.answer(
            "cloudformation",
            "update_termination_protection",
            {},
            StackName=STACK_ID,
            EnableTerminationProtection=False,
        )
        unchanged(session)
        session.answer("cloudformation", "delete_stack", {}, StackName=STACK_ID)
        session.stack("DELETE_IN_PROGRESS")
        session.stack("DELETE_COMPLETE")
        shown = execute(
            session, plan(Step(Kind.UNPROTECT_DATABASE, database="db"), UNPROTECT, DELETE)
        )
    assert shown == [
        "turn the deletion protection of the database off: db",
        "turn the termination protection of the stack off",
        "delete the stack",
        "DELETE_IN_PROGRESS",
    ]


@pytest.mark.parametrize(
    ("step", "status", "operation", "expected", "after"),
    [
        (
            Step(Kind.DELETE, DELETED, logical_ids=("Bucket",)),
            "DELETE_FAILED",
            "delete_stack",
            {"StackName": STACK_ID, "RetainResources": ["Bucket"]},
            "DELETE_COMPLETE",
        ),
        (
            Step(Kind.CONTINUE_ROLLBACK, frozenset({"UPDATE_ROLLBACK_COMPLETE"})),
            "UPDATE_ROLLBACK_FAILED",
            "continue_update_rollback",
            {"StackName": STACK_ID},
            "UPDATE_ROLLBACK_COMPLETE",
        ),
        (
            Step(
                Kind.CONTINUE_ROLLBACK,
                frozenset({"UPDATE_ROLLBACK_COMPLETE"}),
                logical_ids=("Key",),
            ),
            "UPDATE_ROLLBACK_FAILED",
            "continue_update_rollback",
            {"StackName": STACK_ID, "ResourcesToSkip": ["Key"]},
            "UPDATE_ROLLBACK_COMPLETE",
        ),
        (
            Step(Kind.ROLL_BACK, frozenset({"UPDATE_ROLLBACK_COMPLETE"})),
            "UPDATE_FAILED",
            "rollback_stack",
            {"StackName": STACK_ID},
            "UPDATE_ROLLBACK_COMPLETE",
        ),
    ],
)
def test_each_kind_of_step_is_one_call_with_the_named_resources(
    step: Step, status: str, operation: str, expected: dict[str, Any], after: str
) -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session, status)
        session.answer("cloudformation", operation, {}, **expected)
        session.stack(after)
        if after != "DELETE_COMPLETE":
            session.events(*FAILED, f"stack {after}")
        execute(session, plan(step, status=status))


def test_a_rollback_that_deletes_the_stack_ends_the_recovery() -> None:
    rollback = Step(Kind.ROLL_BACK, frozenset({"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}))
    with StubbedSession(*SERVICES) as session:
        unchanged(session, "CREATE_FAILED")
        session.answer("cloudformation", "rollback_stack", {})
        session.no_stack()
        assert len(execute(session, plan(rollback, DELETE, status="CREATE_FAILED"))) == 1


def test_after_a_rollback_that_keeps_the_stack_it_is_deleted() -> None:
    rollback = Step(Kind.ROLL_BACK, frozenset({"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}))
    rolled_back = (*FAILED, "stack ROLLBACK_COMPLETE")
    with StubbedSession(*SERVICES) as session:
        unchanged(session, "CREATE_FAILED")
        session.answer("cloudformation", "rollback_stack", {})
        for _ in range(2):
            session.stack("ROLLBACK_COMPLETE")
            session.events(*rolled_back)
        session.answer("cloudformation", "delete_stack", {})
        session.no_stack()
        execute(session, plan(rollback, DELETE, status="CREATE_FAILED"))


@pytest.mark.parametrize(
    ("status", "events"),
    [
        ("DELETE_IN_PROGRESS", FAILED),
        # The same status, but after another operation.
        ("ROLLBACK_FAILED", (*FAILED, "stack DELETE_IN_PROGRESS")),
        ("DELETE_COMPLETE", FAILED),
    ],
)
def test_a_stack_that_somebody_else_changes_is_left_alone(
    status: str, events: tuple[str, ...]
) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack(status)
        session.events(*events)
        with pytest.raises(PlatformError, match="something has changed it since") as caught:
            execute(session, plan(UNPROTECT, DELETE))
    assert f"it is {status} now" in caught.value.message
    assert "somebody else" in caught.value.hint


def test_a_change_between_two_steps_stops_the_second() -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.answer("cloudformation", "update_termination_protection", {})
        session.no_stack()
        with pytest.raises(PlatformError, match="it is deleted now"):
            execute(session, plan(UNPROTECT, DELETE))


def test_data_that_arrives_after_the_plan_is_kept() -> None:
    bucket = StackResource("Bucket", "b", "AWS::S3::Bucket", "DELETE_FAILED", "", "Delete")
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.answer("s3", "list_object_versions", {"Versions": [{"Key": "a"}]})
        with pytest.raises(PlatformError, match="data has arrived") as caught:
            execute(session, plan(DELETE, deleted=(bucket,)))
    assert "Bucket (AWS::S3::Bucket b): objects" in caught.value.message


@pytest.mark.parametrize(
    ("step", "operation", "action"),
    [
        (UNPROTECT, "update_termination_protection", "UpdateTerminationProtection"),
        (DELETE, "delete_stack", "DeleteStack"),
        (Step(Kind.ROLL_BACK), "rollback_stack", "RollbackStack"),
        (Step(Kind.CONTINUE_ROLLBACK), "continue_update_rollback", "ContinueUpdateRollback"),
    ],
)
def test_a_missing_permission_names_the_iam_action(step: Step, operation: str, action: str) -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.refuse("cloudformation", operation, "AccessDenied")
        with pytest.raises(NoPermissionError, match=f"cloudformation:{action}"):
            execute(session, plan(step))


def test_a_deletion_that_fails_again_names_what_could_not_be_deleted() -> None:
    failure = "Vpc DELETE_FAILED v AWS::EC2::VPC has dependencies"
    rows = (*FAILED, "stack DELETE_IN_PROGRESS", failure, "stack DELETE_FAILED")
    with StubbedSession(*SERVICES) as session:
        unchanged(session, "DELETE_FAILED")
        session.answer("cloudformation", "delete_stack", {})
        # Nothing has begun, then an operation has, then it has ended with the same status.
        for count in (2, 3, 4, 5):
            session.stack("DELETE_FAILED")
            session.events(*rows[:count])
        session.events(*rows)
        with pytest.raises(PlatformError, match="the stack is DELETE_FAILED") as caught:
            execute(session, plan(DELETE, status="DELETE_FAILED"))
    assert "Vpc (AWS::EC2::VPC): has dependencies" in caught.value.message


def test_a_rollback_that_fails_again_names_the_option_to_skip() -> None:
    step = Step(Kind.CONTINUE_ROLLBACK, frozenset({"UPDATE_ROLLBACK_COMPLETE"}))
    rows = (*FAILED, "stack UPDATE_ROLLBACK_IN_PROGRESS", "stack UPDATE_ROLLBACK_FAILED")
    with StubbedSession(*SERVICES) as session:
        unchanged(session, "UPDATE_ROLLBACK_FAILED")
        session.answer("cloudformation", "continue_update_rollback", {})
        session.stack("UPDATE_ROLLBACK_IN_PROGRESS")
        session.stack("UPDATE_ROLLBACK_FAILED")
        session.events(*rows)
        session.events(*rows)
        with pytest.raises(PlatformError, match="UPDATE_ROLLBACK_FAILED") as caught:
            execute(session, plan(step, status="UPDATE_ROLLBACK_FAILED"))
    assert "--skip LOGICAL_ID" in caught.value.hint


def test_credentials_that_expire_meanwhile_leave_the_state_unknown() -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.answer("cloudformation", "delete_stack", {})
        session.stack("DELETE_IN_PROGRESS")
        session.refuse("cloudformation", "describe_stacks", "ExpiredToken")
        with pytest.raises(CredentialsError, match="the state of the stack is unknown"):
            execute(session, plan(DELETE))


def test_a_connection_that_is_lost_meanwhile_says_that_cloudformation_continues() -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.answer("cloudformation", "delete_stack", {})
        session.stack("DELETE_IN_PROGRESS")
        session.refuse("cloudformation", "describe_stacks", "ServiceUnavailable", "no answer")
        with pytest.raises(PlatformError, match=r"no answer; CloudFormation continues") as caught:
            execute(session, plan(DELETE))
    assert "describe-stack-events" in caught.value.hint


def test_an_operation_that_takes_too_long_is_named_as_unfinished() -> None:
    with StubbedSession(*SERVICES) as session:
        unchanged(session)
        session.answer("cloudformation", "delete_stack", {})
        for _ in range(3):
            session.stack("DELETE_IN_PROGRESS")
        with pytest.raises(PlatformError, match="is still DELETE_IN_PROGRESS after 10 s"):
            execute(session, plan(DELETE), timeout=10)


def test_a_plan_without_steps_calls_nothing() -> None:
    with StubbedSession(*SERVICES) as session:
        assert execute(session, plan()) == []
        assert execute(session, Plan("prod", None)) == []
