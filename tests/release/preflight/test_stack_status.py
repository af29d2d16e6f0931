from __future__ import annotations

import pytest

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.stack_status import CHECK
from support.preflight import Account, a_context, a_stack, run


@pytest.mark.parametrize(
    ("status", "protected", "expected"),
    [
        ("CREATE_COMPLETE", True, Status.PASSED),
        ("UPDATE_ROLLBACK_COMPLETE", True, Status.PASSED),
        ("REVIEW_IN_PROGRESS", True, Status.PASSED),
        ("ROLLBACK_COMPLETE", False, Status.PASSED),
        ("ROLLBACK_COMPLETE", True, Status.FAILED),
        ("ROLLBACK_FAILED", False, Status.FAILED),
        ("UPDATE_FAILED", True, Status.FAILED),
        ("UPDATE_ROLLBACK_FAILED", True, Status.FAILED),
        ("DELETE_FAILED", True, Status.FAILED),
    ],
)
def test_a_status_that_cannot_be_updated_fails(
    account: Account, status: str, protected: bool, expected: Status
) -> None:
    stack = a_stack(status, protected=protected)
    (result,) = run(CHECK, a_context(account, deployed=stack))
    assert result.status is expected
    assert ("catalogctl recover production" in result.hint) == (expected is Status.FAILED)


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS"])
def test_another_operation_fails(account: Account, status: str) -> None:
    (result,) = run(CHECK, a_context(account, deployed=a_stack(status)))
    assert result.status is Status.FAILED
    assert "another operation is running" in result.message
    assert "describe-stack-events" in result.hint


def test_a_first_deployment_passes(account: Account) -> None:
    (result,) = run(CHECK, a_context(account))
    assert result.status is Status.PASSED
