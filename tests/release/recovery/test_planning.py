from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.release.recovery import planning
from catalog_platform.release.recovery.plan import Plan
from catalog_platform.release.recovery.request import Request
from support.stubbed import StubbedSession

SERVICES = ("cloudformation", "s3", "kinesis", "rds")
NEW = ("stack REVIEW_IN_PROGRESS", "stack CREATE_IN_PROGRESS")
OLD = (*NEW, "stack CREATE_COMPLETE")


def make(session: StubbedSession, **options: Any) -> Plan:
    return planning.make(Request(session, "prod", **options))


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_deployable_stack_needs_nothing(status: str) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack(status)
        assert make(session).steps == ()


def test_an_environment_without_a_stack_needs_nothing() -> None:
    with StubbedSession(*SERVICES) as session:
        session.no_stack()
        plan = make(session)
    assert list(plan.lines()) == ["prod has no stack: catalogctl deploy prod"]


@pytest.mark.parametrize("status", ["ROLLBACK_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"])
def test_a_running_operation_is_waited_for(status: str) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack(status)
        with pytest.raises(PlatformError, match="an operation is running") as caught:
            make(session)
    assert "aws cloudformation describe-stack-events" in caught.value.hint


def test_a_status_that_only_a_person_can_resolve_is_refused() -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack("IMPORT_ROLLBACK_FAILED")
        session.events(*OLD)
        with pytest.raises(PlatformError, match="cannot recover this status"):
            make(session)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [({"retain": ("Key",)}, "DELETE_FAILED"), ({"skip": ("Key",)}, "UPDATE_ROLLBACK_FAILED")],
)
@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "ROLLBACK_FAILED", "UPDATE_FAILED"])
def test_an_option_of_another_status_is_a_usage_error(
    options: dict[str, Any], wanted: str, status: str
) -> None:
    with StubbedSession(*SERVICES) as session:
        session.stack(status)
        with pytest.raises(UsageError, match=f"is {wanted}; prod's is {status}"):
            make(session, **options)
