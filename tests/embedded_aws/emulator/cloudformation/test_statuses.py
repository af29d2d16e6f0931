"""What the status of a stack allows, with CloudFormation's messages."""

from __future__ import annotations

import pytest

from embedded_aws.emulator.cloudformation.statuses import (
    REVIEW,
    after_interruption,
    creation_refusal,
    deletion_refusal,
    update_refusal,
)

NAME, STACK = "catalog", "arn:aws:cloudformation:us-east-1:1:stack/catalog/1"
PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide"


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "CREATE_FAILED",
        "UPDATE_FAILED",
    ],
)
def test_a_stack_that_is_complete_or_paused_can_be_updated(status: str) -> None:
    assert update_refusal(STACK, status) is None, f"{PAGE}/stack-failure-options.html"


@pytest.mark.parametrize(
    "status",
    [
        "CREATE_IN_PROGRESS",
        "DELETE_FAILED",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
        "UPDATE_IN_PROGRESS",
        "UPDATE_ROLLBACK_FAILED",
        REVIEW,
    ],
)
def test_other_stacks_cannot_be_updated(status: str) -> None:
    refusal = update_refusal(STACK, status)
    assert refusal == f"Stack:{STACK} is in {status} state and can not be updated.", PAGE


@pytest.mark.parametrize("status", [None, "DELETE_COMPLETE", REVIEW])
def test_a_stack_that_does_not_exist_yet_can_be_created(status: str | None) -> None:
    assert creation_refusal(NAME, status, "changes") is None


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "CREATE_COMPLETE", "DELETE_FAILED"])
def test_an_existing_stack_is_not_created_again(status: str) -> None:
    assert creation_refusal(NAME, status, "changes") == (
        "Stack [catalog] already exists and cannot be created again with the changeSet [changes]."
    )


def test_a_protected_stack_is_not_deleted() -> None:
    refusal = deletion_refusal(NAME, STACK, "ROLLBACK_COMPLETE", is_protected=True)
    assert refusal == "Stack [catalog] cannot be deleted while TerminationProtection is enabled"
    assert deletion_refusal(NAME, STACK, "ROLLBACK_COMPLETE", is_protected=False) is None


def test_a_stack_is_not_deleted_during_an_update() -> None:
    assert deletion_refusal(NAME, STACK, "UPDATE_IN_PROGRESS", is_protected=False) == (
        f"Stack [{STACK}] cannot be deleted while in status UPDATE_IN_PROGRESS"
    )
    assert deletion_refusal(NAME, STACK, "CREATE_IN_PROGRESS", is_protected=False) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("CREATE_IN_PROGRESS", "ROLLBACK_COMPLETE"),
        ("UPDATE_IN_PROGRESS", "UPDATE_FAILED"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "UPDATE_ROLLBACK_FAILED"),
        ("DELETE_IN_PROGRESS", "DELETE_FAILED"),
        (REVIEW, REVIEW),
        ("UPDATE_COMPLETE", "UPDATE_COMPLETE"),
    ],
)
def test_an_interrupted_operation_can_be_repeated(status: str, expected: str) -> None:
    assert after_interruption(status) == expected
