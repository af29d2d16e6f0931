from __future__ import annotations

import pytest

from catalog_platform.aws import stack_events
from catalog_platform.aws.stack_events import History
from catalog_platform.aws.stack_status import StackStatus
from support.stubbed import STACK_ID, StubbedSession

STACK = StackStatus("catalog-prod", STACK_ID, "ROLLBACK_COMPLETE")
CREATED = ("stack REVIEW_IN_PROGRESS", "stack CREATE_IN_PROGRESS")


def history(*rows: str) -> History:
    with StubbedSession("cloudformation") as session:
        session.events(*rows)
        return stack_events.read(session, STACK)


@pytest.mark.parametrize(
    ("rows", "proven"),
    [
        ((*CREATED, "stack ROLLBACK_IN_PROGRESS", "stack ROLLBACK_COMPLETE"), True),
        ((*CREATED, "stack CREATE_COMPLETE", "stack DELETE_FAILED"), False),
        ((*CREATED, "stack CREATE_FAILED", "stack DELETE_FAILED"), True),
        (("stack IMPORT_IN_PROGRESS", "stack IMPORT_COMPLETE", "stack DELETE_FAILED"), False),
        # The first events are gone, so an earlier success could be among them.
        (("stack ROLLBACK_IN_PROGRESS", "stack ROLLBACK_COMPLETE"), False),
        ((), False),
        # The completion of a resource is none of the stack.
        ((*CREATED, "Key CREATE_COMPLETE k AWS::KMS::Key", "stack ROLLBACK_COMPLETE"), True),
        # A nested stack is a resource.
        ((*CREATED, "Sub CREATE_COMPLETE s AWS::CloudFormation::Stack"), True),
    ],
)
def test_only_the_whole_history_proves_that_a_stack_was_never_complete(
    rows: tuple[str, ...], proven: bool
) -> None:
    assert history(*rows).never_completed is proven


def test_the_failures_are_those_of_the_last_operation_without_cancelled_resources() -> None:
    found = history(
        *CREATED,
        "Old CREATE_FAILED - AWS::SQS::Queue an older reason",
        "stack CREATE_COMPLETE",
        "stack UPDATE_IN_PROGRESS",
        "Role UPDATE_FAILED r AWS::IAM::Role not allowed",
        "Queue UPDATE_FAILED q AWS::SQS::Queue Resource update cancelled",
        "stack UPDATE_ROLLBACK_IN_PROGRESS",
        "Queue UPDATE_FAILED q AWS::SQS::Queue gone",
        "stack UPDATE_ROLLBACK_FAILED",
    )
    assert [(event.logical_id, event.reason) for event in found.failures] == [
        ("Role", "not allowed"),
        ("Queue", "gone"),
    ]


def test_the_newest_event_changes_with_every_operation() -> None:
    with StubbedSession("cloudformation") as session:
        session.events(*CREATED)
        session.events(*CREATED, "stack ROLLBACK_COMPLETE")
        session.events()
        first, second = (stack_events.newest(session, STACK) for _ in range(2))
        assert stack_events.newest(session, STACK) is None
    assert first is not None
    assert second is not None
    assert first.id != second.id
    assert (second.of_stack, second.status) == (True, "ROLLBACK_COMPLETE")
