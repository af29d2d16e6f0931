"""Ask CloudFormation what it would change, with a change set that is never executed."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.api_errors import NoPermissionError, calling
from catalog_platform.aws.preview.removal import remove
from catalog_platform.aws.preview.template_argument import template_argument
from catalog_platform.aws.preview.waiting import wait_for
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

# Policies allow the actions by this prefix; no deployment uses it.
PREFIX = "catalog-plan-"
WAIT_SECONDS = 180.0
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
EMPTY = re.compile(r"didn't contain changes|No updates are to be performed", re.IGNORECASE)
# The reason of a change set that AWS could not create because the caller lacks a permission.
DENIED = re.compile(
    r"Access ?Denied|not authorized to perform:? ([\w-]+:\w+)?|Access Forbidden", re.IGNORECASE
)


class RejectedError(PlatformError):
    """CloudFormation refuses the update before it changes anything; the message is its reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """What CloudFormation would do to one resource.

    `action` is `Add`, `Modify`, `Remove`, `Import` or `Dynamic`; `replacement` is `True`, `False`,
    `Conditional` or empty; `causes` are the properties that may require the replacement.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ResourceChange.html
    """

    logical_id: str
    type: str
    action: str
    replacement: str
    policy: str
    scope: tuple[str, ...]
    causes: tuple[str, ...]


def planned_changes(
    session: Session,
    stack: str,
    account: str,
    template: Mapping[str, Any],
    tags: Mapping[str, str],
    *,
    is_new: bool,
    seconds: float = WAIT_SECONDS,
) -> tuple[PlannedChange, ...]:
    """Return what a deployment of the template would change, as CloudFormation says.

    The change set, the stack that it creates when `is_new`, and an uploaded template are deleted,
    also when the process is interrupted.

    Raises `RejectedError`, and `PlatformError` when AWS does not answer.
    """
    name = f"{PREFIX}{uuid.uuid4().hex}"
    client = session.client("cloudformation")
    with (
        template_argument(session, account, template) as argument,
        _removed(session, stack, name),
    ):
        with calling("cloudformation:CreateChangeSet", f"stack {stack}"):
            client.create_change_set(
                StackName=stack,
                ChangeSetName=name,
                ChangeSetType="CREATE" if is_new else "UPDATE",
                Capabilities=CAPABILITIES,
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
                # As in a deployment, which imports what an earlier stack has left.
                ImportExistingResources=True,
                Description="What a merge would change: made by catalogctl plan.",
                **argument,
            )
        return _described(session, client, stack, name, seconds)


@contextlib.contextmanager
def _removed(session: Session, stack: str, name: str) -> Iterator[None]:
    """Remove the change set at the end; its error is raised unless the block has failed."""
    try:
        yield
    except BaseException as error:
        try:
            remove(session, stack, name)
        except PlatformError as left:
            if isinstance(error, PlatformError):
                raise PlatformError(
                    f"{error.message}; {left.message}", hint=left.hint or error.hint
                ) from error
            error.add_note(f"{left.message}: {left.hint}")
        raise
    remove(session, stack, name)


def _described(
    session: Session, client: Any, stack: str, name: str, seconds: float
) -> tuple[PlannedChange, ...]:
    """Wait for the change set; return the changes on all of its pages."""

    def read(**page: str) -> dict[str, Any]:
        with calling("cloudformation:DescribeChangeSet", f"stack {stack}"):
            found: dict[str, Any] = client.describe_change_set(
                StackName=stack, ChangeSetName=name, **page
            )
        return found

    answer = wait_for(
        session,
        read,
        lambda found: found["Status"] in ("CREATE_COMPLETE", "FAILED"),
        seconds=seconds,
        subject=f"the change set of stack {stack}",
    )
    if answer["Status"] == "FAILED":
        _require_empty(stack, answer.get("StatusReason") or "it gives no reason")
        return ()
    changes = [*answer.get("Changes", ())]
    while token := answer.get("NextToken"):
        answer = read(NextToken=token)
        changes += answer.get("Changes", ())
    return tuple(_planned(each["ResourceChange"]) for each in changes if "ResourceChange" in each)


def _require_empty(stack: str, reason: str) -> None:
    """Raise unless a change set has failed only because nothing changes."""
    if EMPTY.search(reason):
        return
    if denied := DENIED.search(reason):
        raise NoPermissionError(
            denied[1] or "an action that CloudFormation does not name", f"stack {stack}: {reason}"
        )
    raise RejectedError(reason)


def _planned(change: dict[str, Any]) -> PlannedChange:
    targets = (each.get("Target", {}) for each in change.get("Details", ()))
    return PlannedChange(
        logical_id=change["LogicalResourceId"],
        type=change.get("ResourceType", ""),
        action=change["Action"],
        replacement=change.get("Replacement") or "",
        policy=change.get("PolicyAction") or "",
        scope=tuple(change.get("Scope", ())),
        causes=tuple(
            sorted(
                {
                    each.get("Name") or each.get("Attribute", "")
                    for each in targets
                    if each.get("RequiresRecreation") in ("Always", "Conditionally")
                }
            )
        ),
    )
