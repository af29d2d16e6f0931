"""Read the status of an environment's stack, and tell what it allows.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name

REVIEW = "REVIEW_IN_PROGRESS"
DELETED = "DELETE_COMPLETE"
# A deployment that ends in one of these has succeeded.
SUCCEEDED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}
# From these, CloudFormation accepts an update.
DEPLOYABLE = SUCCEEDED | {"UPDATE_ROLLBACK_COMPLETE", "IMPORT_ROLLBACK_COMPLETE"}
# The first creation has failed: the stack can only be deleted.
NOT_CREATED = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The state of a stack.

    `id` is its ARN, which a later stack with the same name does not have. `change_set` is the ARN
    of the change set of the last operation, empty if there was none; `updated` is when that
    operation began. `protected` is the termination protection.
    """

    name: str
    id: str
    status: str
    reason: str = ""
    change_set: str = ""
    updated: datetime | None = None
    protected: bool = False

    @property
    def in_progress(self) -> bool:
        """Return whether an operation runs; see `is_running`."""
        return is_running(self.status)

    @property
    def exists(self) -> bool:
        """Return False for a stack whose deletion is complete, which is found by its ARN only."""
        return self.status != DELETED

    @property
    def deployable(self) -> bool:
        """Return whether CloudFormation accepts an update."""
        return self.status in DEPLOYABLE

    def follow(self, region: str) -> str:
        """Return a command that shows the newest events of the stack."""
        return (
            f"aws cloudformation describe-stack-events --region {region} "
            f"--stack-name {self.name} --max-items 20"
        )

    def __str__(self) -> str:
        """Return status and reason."""
        return self.status + (f" ({self.reason})" if self.reason else "")


def is_running(status: str) -> bool:
    """Return whether an operation runs. `REVIEW_IN_PROGRESS` is none: nothing is executed."""
    return status.endswith("_IN_PROGRESS") and status != REVIEW


def read(session: Session, environment: str) -> StackStatus | None:
    """Return the state of the environment's stack, or None when it does not exist.

    Raises `PlatformError` when AWS cannot be reached or refuses the call.
    """
    return read_stack(session, stack_name(environment))


def read_stack(session: Session, name_or_id: str) -> StackStatus | None:
    """Return the state of a stack, or None when it does not exist. Raises `PlatformError`.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    """
    name = name_or_id.partition(":stack/")[2].partition("/")[0] or name_or_id
    with calling("cloudformation:DescribeStacks", f"stack {name}"):
        try:
            answer = session.client("cloudformation").describe_stacks(StackName=name_or_id)
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
    return _status(name, answer["Stacks"][0])


def _status(name: str, found: dict[str, Any]) -> StackStatus:
    return StackStatus(
        name,
        found.get("StackId", ""),
        found["StackStatus"],
        found.get("StackStatusReason", ""),
        found.get("ChangeSetId") or "",
        found.get("LastUpdatedTime") or found.get("CreationTime"),
        bool(found.get("EnableTerminationProtection")),
    )
