"""What the wrappers of CloudFormation's operations share: parameters, answers, deleted stacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import helpers

from embedded_aws.emulator.cloudformation import statuses
from embedded_aws.emulator.cloudformation.events import Stack

Parameters = Mapping[str, Any]
Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[Parameters], Answer]


def text(parameters: Parameters, name: str) -> str:
    """Return a parameter of a request; empty without it."""
    return str(helpers._p(parameters, name))


def refused(message: str, code: str = "ValidationError") -> Answer:
    """Return an error."""
    answer: Answer = helpers._error(code, message)
    return answer


def with_xml(answer: Answer, stack_id: str, shown: str) -> Answer:
    """Add XML to the response, after the id of a stack."""
    status, headers, body = answer
    if status >= 400 or not shown:
        return answer
    before = f"<StackId>{stack_id}</StackId>".encode()
    return status, headers, body.replace(before, before + shown.encode(), 1)


def keep_deleted(stack: Stack | None) -> None:
    """Keep a deleted stack whose name has been used again: it can be described by its id."""
    if stack is not None and stack["StackStatus"] == statuses.DELETED:
        cloudformation._stacks[stack["StackId"]] = stack
