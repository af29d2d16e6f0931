from __future__ import annotations

import pytest

from catalog_platform.aws.stack_status import DEPLOYABLE
from catalog_platform.errors import PlatformError
from catalog_platform.release.outcome import require_deployable
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.stack_status import CHECK
from support.preflight import Account, a_context, a_stack, run
from support.stubbed import StubbedSession

STUCK = (
    *("CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "UPDATE_FAILED"),
    *("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED", "REVIEW_IN_PROGRESS"),
)
RUNNING = (
    *("CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"),
    *("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",),
)


@pytest.mark.parametrize("status", sorted(DEPLOYABLE))
def test_a_status_that_can_be_updated_passes(account: Account, status: str) -> None:
    (result,) = run(CHECK, a_context(account, deployed=a_stack(status)))
    assert result.status is Status.PASSED


@pytest.mark.parametrize("status", STUCK)
def test_a_status_that_cannot_be_updated_fails(account: Account, status: str) -> None:
    (result,) = run(CHECK, a_context(account, deployed=a_stack(status)))
    assert result.status is Status.FAILED
    assert "catalogctl recover production" in result.hint


@pytest.mark.parametrize("status", RUNNING)
def test_another_operation_fails(account: Account, status: str) -> None:
    (result,) = run(CHECK, a_context(account, deployed=a_stack(status)))
    assert result.status is Status.FAILED
    assert "another operation is running" in result.message
    assert "describe-stack-events" in result.hint


@pytest.mark.parametrize("status", [*STUCK, *RUNNING])
def test_a_deployment_refuses_what_the_preflight_refuses(status: str) -> None:
    with StubbedSession("cloudformation") as session:
        session.stack(status)
        if status in STUCK:
            session.events()
        with pytest.raises(PlatformError, match=f"is {status}"):
            require_deployable(session, "prod")


def test_a_first_deployment_passes(account: Account) -> None:
    (result,) = run(CHECK, a_context(account))
    assert result.status is Status.PASSED
