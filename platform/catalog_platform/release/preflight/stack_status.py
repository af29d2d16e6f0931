"""Look whether the stack is in a state that can be deployed to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed

READY = (
    "CREATE_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
    # A change set that was not executed; the next one replaces it.
    "REVIEW_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
    "UPDATE_ROLLBACK_COMPLETE",
)
# The CDK deletes a stack with this status and creates it again, unless it is protected.
FIRST_FAILED = "ROLLBACK_COMPLETE"


def _run(context: Context) -> Iterator[Result]:
    stack = context.deployed()
    name, environment = context.assembly.name, context.environment
    if stack is None:
        yield passed(f"stack {name} does not exist yet")
    elif stack.status in READY or (stack.status == FIRST_FAILED and not stack.is_protected):
        yield passed(f"stack {name} is {stack.status}")
    elif stack.status.endswith("_IN_PROGRESS"):
        yield failed(
            f"stack {name} is {stack.status}: another operation is running",
            hint=f"wait for its end, see: aws cloudformation describe-stack-events --stack-name"
            f" {name}",
        )
    else:
        yield failed(
            f"stack {name} is {stack.status}, from which it can't be updated",
            hint=f"bring it back to a state that can be updated: catalogctl recover {environment}",
        )


CHECK = Check(
    name="stack-status",
    looks_at="Whether the stack's status allows a deployment, or another operation is running.",
    blind_to="An operation that starts later.",
    actions=deployed.ACTIONS,
    run=_run,
)
