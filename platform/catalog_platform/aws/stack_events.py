"""Read the events of a stack: what its last operation was, and whether one ever succeeded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import StackStatus

# After one of these, somebody may have used what the stack has created.
COMPLETED = {
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
}
# The first event of every stack is one of these.
FIRST = {"REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "IMPORT_IN_PROGRESS"}
# The first event of an operation. A rollback continues the operation that it rolls back.
STARTS = {*FIRST, "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"}


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a stack or of one of its resources."""

    id: str
    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    of_stack: bool


@dataclass(frozen=True, slots=True)
class History:
    """The events of a stack, the newest first."""

    events: tuple[Event, ...]

    @property
    def newest(self) -> str:
        """Return the id of the newest event, which changes with every operation."""
        return self.events[0].id if self.events else ""

    @property
    def never_completed(self) -> bool:
        """Return whether it is proven that no operation of the stack has ever succeeded.

        CloudFormation may have dropped old events. So the proof needs the stack's first event too.
        """
        own = [event.status for event in self.events if event.of_stack]
        return bool(own) and own[-1] in FIRST and not COMPLETED.intersection(own)

    @property
    def last_operation(self) -> tuple[Event, ...]:
        """Return the events since the start of the last operation, the newest first."""
        for place, event in enumerate(self.events):
            if event.of_stack and event.status in STARTS:
                return self.events[: place + 1]
        return self.events

    @property
    def failures(self) -> tuple[Event, ...]:
        """Return the events of resources that failed in the last operation, the oldest first.

        Resources that CloudFormation cancelled because of another failure are left out.
        """
        return tuple(
            event
            for event in reversed(self.last_operation)
            if not event.of_stack
            and event.status.endswith("_FAILED")
            and not event.reason.startswith("Resource creation cancelled")
            and not event.reason.startswith("Resource update cancelled")
        )


def read(session: Session, stack: StackStatus) -> History:
    """Return all events that CloudFormation has of a stack. Raises `PlatformError`."""
    return History(tuple(_events(session, stack)))


def newest(session: Session, stack: StackStatus) -> Event | None:
    """Return the newest event of a stack, None if it has none. Raises `PlatformError`.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html
    """
    return next(_events(session, stack), None)


def _events(session: Session, stack: StackStatus) -> Iterator[Event]:
    with calling("cloudformation:DescribeStackEvents", f"stack {stack.name}"):
        pages = session.client("cloudformation").get_paginator("describe_stack_events")
        for page in pages.paginate(StackName=stack.id):
            for entry in page["StackEvents"]:
                yield _event(entry, stack)


def _event(entry: dict[str, Any], stack: StackStatus) -> Event:
    physical_id = entry.get("PhysicalResourceId", "")
    return Event(
        entry["EventId"],
        entry.get("LogicalResourceId", ""),
        physical_id,
        entry.get("ResourceType", ""),
        entry.get("ResourceStatus", ""),
        entry.get("ResourceStatusReason", ""),
        of_stack=physical_id == stack.id,
    )
