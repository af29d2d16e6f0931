"""What a recovery does, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from catalog_platform.aws.stack_events import Event
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.release.recovery.resources import StackResource


class Kind(Enum):
    """The kinds of steps."""

    UNPROTECT_STACK = "turn the termination protection of the stack off"
    UNPROTECT_DATABASE = "turn the deletion protection of the database off"
    ROLL_BACK = "roll the failed operation back"
    CONTINUE_ROLLBACK = "continue the rollback"
    DELETE = "delete the stack"


@dataclass(frozen=True, slots=True)
class Step:
    """A step.

    `database` is the identifier of the instance to unprotect. `logical_ids` are the resources that
    a rollback skips or a deletion retains. `after` are the statuses with which the step succeeds.
    """

    kind: Kind
    after: frozenset[str] = frozenset()
    database: str = ""
    logical_ids: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Describe the step."""
        text = self.kind.value + (f": {self.database}" if self.database else "")
        if not self.logical_ids:
            return text
        verb = "skip" if self.kind is Kind.CONTINUE_ROLLBACK else "retain"
        return f"{text}, {verb} {', '.join(self.logical_ids)}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that make a stack deployable; none when it is deployable or does not exist.

    `newest_event` identifies the state of the stack that the plan is made for. `deleted` are the
    resources that the steps delete, and `left` those that stay in the account outside the stack.
    `used` says whether the stack may have been in use, `causes` why it failed.
    """

    environment: str
    stack: StackStatus | None
    steps: tuple[Step, ...] = ()
    newest_event: str = ""
    deleted: tuple[StackResource, ...] = ()
    left: tuple[StackResource, ...] = ()
    causes: tuple[Event, ...] = ()
    used: bool = True

    def lines(self) -> Iterator[str]:
        """Describe the plan for people."""
        if self.stack is None:
            yield f"{self.environment} has no stack: catalogctl deploy {self.environment}"
            return
        yield f"{self.stack.name} is {self.stack}"
        for event in self.causes:
            yield f"  failed: {event.logical_id} ({event.type}): {event.reason}"
        if not self.steps:
            yield f"nothing to recover; deploy it: catalogctl deploy {self.environment}"
            return
        for number, step in enumerate(self.steps, 1):
            yield f"{number}. {step}"
        yield from (f"   deletes {_described(each)}" for each in self.deleted)
        for resource in self.left:
            fate = "the next deployment imports it" if resource.imported else "outside the stack"
            yield f"   leaves {resource}: {fate}"


def _described(resource: StackResource) -> str:
    return f"{resource}" + (", keeps a snapshot" if resource.policy == "Snapshot" else "")
