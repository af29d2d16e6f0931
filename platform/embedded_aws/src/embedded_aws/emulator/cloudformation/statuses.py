"""What a stack's status allows, and CloudFormation's messages for what it does not allow.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

DELETED = "DELETE_COMPLETE"
REVIEW = "REVIEW_IN_PROGRESS"
# A stack that failed without a rollback can be updated:
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
PAUSED = frozenset({"CREATE_FAILED", "UPDATE_FAILED"})
UPDATABLE = PAUSED | {
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
}
# The creation stops, and the deletion follows.
DELETABLE_IN_PROGRESS = frozenset(
    {"CREATE_IN_PROGRESS", "ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS", REVIEW}
)
# What an operation becomes that the end of the emulator interrupted.
INTERRUPTED = {
    # These two allow another deployment.
    "CREATE_IN_PROGRESS": "ROLLBACK_COMPLETE",
    REVIEW: REVIEW,
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_FAILED",
    # Only resources that no longer belong to the stack were left to delete.
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
}


def after_interruption(status: str) -> str:
    """Return the status after the emulator ended during an operation."""
    if not status.endswith("_IN_PROGRESS"):
        return status
    return INTERRUPTED.get(status, "UPDATE_FAILED")


def update_refusal(stack_id: str, status: str) -> str | None:
    """Return why a stack of this status cannot be updated, or None."""
    if status in UPDATABLE:
        return None
    return f"Stack:{stack_id} is in {status} state and can not be updated."


def creation_refusal(name: str, status: str | None, change_set: str) -> str | None:
    """Return why a change set of the type CREATE is refused, or None; `status` is None without a
    stack of that name.

    A stack that was rolled back must be deleted first, which its termination protection forbids.
    """
    if status in (None, DELETED, REVIEW):
        return None
    return (
        f"Stack [{name}] already exists and cannot be created again with the changeSet"
        f" [{change_set}]."
    )


def deletion_refusal(name: str, stack_id: str, status: str, *, is_protected: bool) -> str | None:
    """Return why a stack cannot be deleted, or None.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
    """
    if is_protected:
        return f"Stack [{name}] cannot be deleted while TerminationProtection is enabled"
    if status.endswith("_IN_PROGRESS") and status not in DELETABLE_IN_PROGRESS:
        return f"Stack [{stack_id}] cannot be deleted while in status {status}"
    return None
