"""Check a stack before a deployment, and what the deployment has made of it.

The exit code of the CDK proves nothing about the stack: with an unchanged template it is 0 whatever
the status. https://github.com/aws/aws-cdk-cli/issues/1972
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from catalog_platform.aws import stack_events, stack_status
from catalog_platform.aws.api_errors import EXPIRED_TEXT, CredentialsError
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.aws.stack_status import DEPLOYABLE, SUCCEEDED, StackStatus
from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.release.approval import Approval, is_unchanged

# The CDK's name for a change set; a deployment may choose another.
DEFAULT_CHANGE_SET = "cdk-deploy-change-set"
CONTINUES = "CloudFormation continues without catalogctl"


def require_deployable(session: Session, environment: str) -> StackStatus | None:
    """Return the state of the environment's stack, None if it does not exist yet.

    Raises `PlatformError` when it cannot be deployed, with the reason of its status and what makes
    it deployable.
    """
    found = stack_status.read(session, environment)
    if found is None or found.deployable:
        return found
    if found.in_progress:
        raise PlatformError(
            f"stack {found.name} is {found}: another operation is running",
            hint=f"wait until it ends: {found.follow(session.region)}",
        )
    lines = [f"stack {found.name} is {found} and cannot be deployed", *_causes(session, found)]
    raise PlatformError("\n  ".join(lines), hint=_recover(environment))


@contextlib.contextmanager
def verified(
    session: Session,
    environment: str,
    *,
    change_set: str | None,
    on_note: Callable[[str], None],
    approval: Approval | None = None,
) -> Iterator[None]:
    """Deploy within the block, which raises `ToolError` when the deployment fails.

    `change_set` is the name of its change set (default: the CDK's). `on_note` gets what people
    should know besides success and failure.

    Raises `PlatformError` when the stack cannot be deployed or is not as it was approved, or when a
    deployment that reported success has left it in another state than a success; `ToolError` with
    the state of the stack.
    """
    before = require_deployable(session, environment)
    if approval is not None:
        approval.require_stack(before)
    change_set = change_set or DEFAULT_CHANGE_SET
    try:
        yield
    except ToolError as error:
        raise _with_state(error, session, environment, before, change_set) from error
    except KeyboardInterrupt:
        on_note(f"{CONTINUES}; see catalogctl recover {environment} --dry-run")
        raise
    _require_success(session, environment, before, change_set, on_note)


def _with_state(
    error: ToolError,
    session: Session,
    environment: str,
    before: StackStatus | None,
    change_set: str,
) -> ToolError:
    """Return the error of a deployment with the state in which it has left the stack."""
    expired = bool(EXPIRED_TEXT.search(f"{error.message}\n{error.tail}"))
    try:
        now = stack_status.read(session, environment)
    except PlatformError as unknown:
        expired |= isinstance(unknown, CredentialsError)
        state = f"the state of stack {stack_name(environment)} is unknown: {unknown.message}"
        hint = f"{CONTINUES}; sign in again, then see catalogctl recover {environment} --dry-run"
    else:
        state, hint = _described(session, environment, before, now, change_set)
    cause = "the credentials expired during the deployment; " if expired else ""
    return ToolError(
        f"{error.message}; {cause}{state}",
        returncode=error.returncode,
        tail=error.tail,
        hint=hint or error.hint,
    )


def _described(
    session: Session,
    environment: str,
    before: StackStatus | None,
    now: StackStatus | None,
    change_set: str,
) -> tuple[str, str]:
    """Return a sentence about the state of the stack, and a hint, which may be empty."""
    if now is None:
        return f"stack {stack_name(environment)} does not exist", ""
    state = f"stack {now.name} is {now}"
    if now.in_progress:
        return state, f"{CONTINUES}; follow it: {now.follow(session.region)}"
    if not now.deployable:
        return state, _recover(environment)
    if is_unchanged(before, now):
        return f"{state}, as before the deployment", ""
    if other := _other_change_set(now, change_set):
        return (
            f"{state}, by change set {other}: somebody else has deployed it meanwhile",
            "agree with them, then deploy again",
        )
    if now.status in SUCCEEDED:
        return (
            f"{state}: CloudFormation has completed the deployment",
            "deploy again to confirm that nothing is left to do",
        )
    return f"{state}: it has its previous version again", ""


def _require_success(
    session: Session,
    environment: str,
    before: StackStatus | None,
    change_set: str,
    on_note: Callable[[str], None],
) -> None:
    try:
        now = stack_status.read(session, environment)
    except PlatformError as error:
        raise PlatformError(
            f"the CDK reports success, but the state of the stack is unknown: {error.message}",
            hint=error.hint or "repeat the deployment",
        ) from error
    if now is None:
        raise PlatformError(
            f"the CDK reports success, but stack {stack_name(environment)} does not exist",
            hint="somebody may have deleted it; deploy it again",
        )
    if is_unchanged(before, now) and now.status in DEPLOYABLE:
        on_note(f"no changes: stack {now.name} has this template already, and is {now.status}")
        return
    if now.status not in SUCCEEDED:
        state, hint = _described(session, environment, before, now, change_set)
        lines = [f"the CDK reports success, but {state}", *_causes(session, now)]
        raise PlatformError("\n  ".join(lines), hint=hint or "deploy it again")
    if other := _other_change_set(now, change_set):
        raise PlatformError(
            f"stack {now.name} is {now}, but by change set {other}, not by {change_set} of this "
            "deployment: somebody else has deployed it meanwhile",
            hint="agree with them, then deploy again",
        )


def _other_change_set(now: StackStatus, change_set: str) -> str:
    """Return the change set of the stack's last operation if it is not this one, empty if it is."""
    executed = now.change_set.partition(":changeSet/")[2].partition("/")[0]
    return executed if executed != change_set else ""


def _causes(session: Session, stack: StackStatus) -> list[str]:
    """Return why the last operation failed; nothing when the events cannot be read."""
    with contextlib.suppress(PlatformError):
        return [
            f"{event.logical_id} ({event.type}): {event.reason}"
            for event in stack_events.read(session, stack).failures
        ]
    return []


def _recover(environment: str) -> str:
    return f"make it deployable again: catalogctl recover {environment}"
