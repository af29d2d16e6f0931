"""Stack events and statuses.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""

from __future__ import annotations

from typing import Any

from ministack.core.responses import now_iso
from ministack.services.cloudformation import stacks

Stack = dict[str, Any]
Record = dict[str, Any]

STACK = "AWS::CloudFormation::Stack"


def add(
    stack: Stack,
    logical_id: str,
    resource_type: str,
    status: str,
    reason: str = "",
    physical_id: str = "",
) -> None:
    """Record an event of a resource."""
    stacks._add_event(
        stack["StackId"], stack["StackName"], logical_id, resource_type, status, reason, physical_id
    )


def set_status(stack: Stack, status: str, reason: str = "") -> None:
    """Change the status of a stack, with an event."""
    stack["StackStatus"] = status
    stack["StackStatusReason"] = reason
    add(stack, stack["StackName"], STACK, status, reason, stack["StackId"])


def mark(record: Record, status: str, reason: str = "") -> None:
    """Change the status of a resource's record."""
    record.update(ResourceStatus=status, ResourceStatusReason=reason, Timestamp=now_iso())


def fail(stack: Stack, logical_id: str, record: Record, status: str, reason: str) -> None:
    """Record the failure of a resource, as event and in its record."""
    mark(record, status, reason)
    add(
        stack,
        logical_id,
        record["ResourceType"],
        status,
        reason,
        record.get("PhysicalResourceId", ""),
    )


def listing(verb: str, logical_ids: list[str]) -> str:
    """Return CloudFormation's sentence for failed resources, empty without any."""
    if not logical_ids:
        return ""
    return f"The following resource(s) failed to {verb}: [{', '.join(sorted(logical_ids))}]. "
