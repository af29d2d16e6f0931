"""Look whether the stack is in a state that can be deployed to.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.aws.stack_status import DEPLOYABLE, is_running
from catalog_platform.release.preflight import deployed
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed


def _run(context: Context) -> Iterator[Result]:
    stack = context.deployed()
    name, environment = context.assembly.name, context.environment
    if stack is None:
        yield passed(f"stack {name} does not exist yet")
    elif stack.status in DEPLOYABLE:
        yield passed(f"stack {name} is {stack.status}")
    elif is_running(stack.status):
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
