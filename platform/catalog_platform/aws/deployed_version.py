"""The version that is deployed to an environment's stack."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog_platform.aws import stack_status
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import StackStatus

CHANGE_SET = re.compile(r":changeSet/catalog-([0-9a-f]{40}(?:[0-9a-f]{24})?)/")


@dataclass(frozen=True, slots=True)
class DeployedVersion:
    """What is deployed to a stack; `commit` is empty when it is unknown."""

    commit: str
    status: str


def change_set_name(commit: str) -> str:
    """Return the name of the change set that deploys a commit.

    CloudFormation records the change set of a deployment in the stack. So the commit is recorded
    without a change of the template or of a tag, which would update every resource.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
    """
    return f"catalog-{commit}"


def deployed_version(session: Session, environment: str) -> DeployedVersion | None:
    """Return what is deployed to the environment's stack, or None when it does not exist.

    Raises `PlatformError` when AWS cannot be reached or refuses the call.
    """
    found = stack_status.read(session, environment)
    return None if found is None else version_of(found)


def version_of(stack: StackStatus) -> DeployedVersion:
    """Return what is deployed to a stack.

    After a rollback the commit is unknown, because the recorded change set is the one that failed.
    """
    recorded = CHANGE_SET.search(stack.change_set)
    is_known = recorded is not None and "ROLLBACK" not in stack.status
    return DeployedVersion(recorded[1] if recorded and is_known else "", stack.status)
