from __future__ import annotations

from datetime import UTC, datetime

import pytest
from botocore.session import get_session

from catalog_platform.aws import stack_status
from catalog_platform.aws.api_errors import NoPermissionError
from catalog_platform.aws.stack_status import DEPLOYABLE, NOT_CREATED, SUCCEEDED
from support.stubbed import CHANGE_SET, STACK_ID, StubbedSession

UPDATED = datetime(2026, 2, 1, tzinfo=UTC)


def test_status_reason_change_set_and_protection_are_read() -> None:
    with StubbedSession("cloudformation") as session:
        session.stack(
            "UPDATE_FAILED",
            StackStatusReason="quota",
            ChangeSetId=CHANGE_SET,
            EnableTerminationProtection=True,
            LastUpdatedTime=UPDATED,
        )
        found = stack_status.read(session, "prod")
    assert found is not None
    assert (found.name, found.id, str(found)) == (
        "catalog-prod",
        STACK_ID,
        "UPDATE_FAILED (quota)",
    )
    assert (found.change_set, found.protected) == (CHANGE_SET, True)
    assert found.updated == UPDATED


def test_a_stack_is_found_by_its_arn_under_its_name() -> None:
    with StubbedSession("cloudformation") as session:
        content = {"Stacks": [stack("DELETE_COMPLETE")]}
        session.answer("cloudformation", "describe_stacks", content, StackName=STACK_ID)
        found = stack_status.read_stack(session, STACK_ID)
    assert found is not None
    assert (found.name, found.exists) == ("catalog-prod", False)


def stack(status: str) -> dict[str, str]:
    return {
        "StackName": "catalog-prod",
        "StackId": STACK_ID,
        "StackStatus": status,
        "CreationTime": "2026-01-01T00:00:00Z",
    }


def test_a_stack_that_does_not_exist_has_no_status() -> None:
    with StubbedSession("cloudformation") as session:
        session.no_stack()
        assert stack_status.read(session, "prod") is None


def test_a_refused_call_names_the_permission() -> None:
    with StubbedSession("cloudformation") as session:
        session.refuse("cloudformation", "describe_stacks", "AccessDenied", "not authorized")
        with pytest.raises(NoPermissionError, match="cloudformation:DescribeStacks"):
            stack_status.read(session, "prod")


def test_every_status_of_cloudformation_has_one_meaning() -> None:
    model = get_session().get_service_model("cloudformation")
    statuses = set(model.shape_for("StackStatus").enum)
    assert statuses >= DEPLOYABLE | NOT_CREATED
    assert SUCCEEDED < DEPLOYABLE
    for status in statuses:
        found = stack_status.StackStatus("catalog-prod", STACK_ID, status)
        meanings = (
            found.in_progress,
            found.deployable,
            not found.exists,
            status.endswith("_FAILED"),
            status in ("ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"),
        )
        assert sum(meanings) == 1, status
