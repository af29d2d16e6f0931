"""Delete a change set, and the stack that exists only because of it."""

from __future__ import annotations

import time

from botocore.exceptions import ClientError

from catalog_platform.aws import stack_status
from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.preview.waiting import LOCAL_POLL_SECONDS, POLL_SECONDS
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

# A change set that is being created can't be deleted yet.
BUSY_SECONDS = 60.0


def remove(session: Session, stack: str, change_set: str) -> None:
    """Delete a change set; then delete its stack, if that has no other one and no resources.

    Raises `PlatformError` that names what is left and the command that deletes it.
    """
    region = session.region
    try:
        _delete_change_set(session, stack, change_set)
    except PlatformError as error:
        raise PlatformError(
            f"the change set {change_set} is left: {error.message}",
            hint=f"delete it: aws cloudformation delete-change-set --region {region} "
            f"--stack-name {stack} --change-set-name {change_set}",
        ) from error
    try:
        _delete_review(session, stack)
    except PlatformError as error:
        raise PlatformError(
            f"the stack {stack} may be left without resources: {error.message}",
            hint="if its status is REVIEW_IN_PROGRESS, delete it: aws cloudformation delete-stack "
            f"--region {region} --stack-name {stack}",
        ) from error


def _delete_change_set(session: Session, stack: str, change_set: str) -> None:
    """Delete a change set, as soon as CloudFormation allows it; it may be gone already.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteChangeSet.html
    """
    deadline = time.monotonic() + BUSY_SECONDS
    client = session.client("cloudformation")
    with calling("cloudformation:DeleteChangeSet", f"stack {stack}"):
        while True:
            try:
                client.delete_change_set(StackName=stack, ChangeSetName=change_set)
                return
            except ClientError as error:
                code, message = (error.response["Error"][key] for key in ("Code", "Message"))
                if code.startswith("ChangeSetNotFound") or "does not exist" in message:
                    return
                busy = code.startswith("InvalidChangeSetStatus")
                if not busy or time.monotonic() >= deadline:
                    raise
            time.sleep(LOCAL_POLL_SECONDS if session.on_this_machine else POLL_SECONDS)


def _delete_review(session: Session, stack: str) -> None:
    """Delete a stack that has no other change set and was never created."""
    found = stack_status.read_stack(session, stack)
    if found is None or found.status != stack_status.REVIEW:
        return
    client = session.client("cloudformation")
    with calling("cloudformation:ListChangeSets", f"stack {stack}"):
        pages = client.get_paginator("list_change_sets").paginate(StackName=found.id)
        if any(page["Summaries"] for page in pages):
            return
    with calling("cloudformation:DeleteStack", f"stack {stack}"):
        client.delete_stack(StackName=found.id)
