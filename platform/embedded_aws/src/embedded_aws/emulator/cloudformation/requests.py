"""Refuse requests that a stack's status forbids, and complete what others do.

A refused request changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, helpers

from embedded_aws.emulator.cloudformation import (
    change_sets,
    configuration,
    operation,
    statuses,
)
from embedded_aws.emulator.cloudformation.answers import (
    Answer,
    Handler,
    Parameters,
    keep_deleted,
    refused,
    text,
    with_xml,
)
from embedded_aws.emulator.cloudformation.events import Stack
from embedded_aws.emulator.cloudformation.rollback_triggers import KEY
from embedded_aws.emulator.cloudformation.running import DELETION_REQUESTED

# These operations name a missing stack in another way than the emulator does.
WITH_ID = ("DescribeStackResources", "GetTemplate", "GetTemplateSummary", "ListStackResources")

# The emulator finds the change sets of a stack by its name only.
BY_NAME = ("DescribeChangeSet", "ExecuteChangeSet", "ListChangeSets")


def install() -> None:
    """Wrap the emulator's handlers of operations."""
    table = handlers._ACTION_HANDLERS
    wrappers: Mapping[str, Callable[[Handler], Handler]] = {
        "CreateStack": _create_stack,
        "UpdateStack": _update_stack,
        "DeleteStack": _delete_stack,
        "DescribeStacks": _describe_stacks,
        **change_sets.WRAPPERS,
        **dict.fromkeys(WITH_ID, _naming_with_id),
    }
    for name in BY_NAME:
        table[name] = _by_name(table[name])
    for name, wrap in wrappers.items():
        table[name] = wrap(_unchanged_if_refused(table[name]))
    original = handlers._resolve_stack

    def resolve(name: str) -> Stack | None:
        """Return a stack by name or id; a deleted one by its id only."""
        found: Stack | None = original(name)
        is_hidden = found and found["StackStatus"] == statuses.DELETED and found["StackId"] != name
        return None if is_hidden else found

    handlers._resolve_stack = resolve
    original_unchanged = handlers._stack_has_no_updates

    def is_unchanged(stack: Stack, *rest: Any) -> bool:
        """Return whether an update has no changes; after a failure, it tries again."""
        return operation.KEY not in stack and bool(original_unchanged(stack, *rest))

    handlers._stack_has_no_updates = is_unchanged


def _unchanged_if_refused(original: Handler) -> Handler:
    """Restore stack, events and change sets when a request is refused halfway."""

    def handle(parameters: Parameters) -> Answer:
        stacks, sets = cloudformation._stacks, cloudformation._change_sets
        name = text(parameters, "StackName")
        stack = handlers._resolve_stack(name) or stacks.get(name)
        name = stack["StackName"] if stack else name
        kept, named = dict(stack or {}), stacks.get(name)
        kept_sets = {key: dict(value) for key, value in sets.items()}
        answer = original(parameters)
        if answer[0] >= 400:
            for key, value in kept_sets.items():
                sets.setdefault(key, value).update(value)
            if stack is not None:
                stack.clear()
                stack.update(kept)
            if named is not None:
                stacks[name] = named
        return answer

    return handle


def _create_stack(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        name = text(parameters, "StackName")
        existing = handlers._resolve_stack(name)
        if existing is not None and existing["StackStatus"] != statuses.DELETED:
            return refused(f"Stack [{name}] already exists", "AlreadyExistsException")
        deleted = cloudformation._stacks.get(name)
        answer = original(parameters)
        if answer[0] < 400:
            keep_deleted(deleted)
            configuration.merge(cloudformation._stacks[name], configuration.given(parameters))
        return answer

    return handle


def _update_stack(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        stack = handlers._resolve_stack(text(parameters, "StackName"))
        if stack is None:
            return original(parameters)
        status = stack["StackStatus"]
        refusal = statuses.update_refusal(stack["StackId"], status)
        if refusal:
            return refused(refusal)
        # The emulator refuses to update a stack that failed without a rollback.
        stack["StackStatus"] = "UPDATE_COMPLETE"
        answer = original(parameters)
        if answer[0] >= 400:
            stack["StackStatus"] = status
        else:
            configuration.merge(stack, configuration.given(parameters))
            stack.pop("ChangeSetId", None)
        return answer

    return handle


def _delete_stack(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        stack = handlers._resolve_stack(text(parameters, "StackName"))
        if stack is None:
            return original(parameters)
        status = stack["StackStatus"]
        refusal = statuses.deletion_refusal(
            stack["StackName"],
            stack["StackId"],
            status,
            is_protected=bool(stack.get("EnableTerminationProtection")),
        )
        if refusal:
            return refused(refusal)
        if status == "DELETE_IN_PROGRESS":
            answer: Answer = helpers._xml(200, "DeleteStackResponse", "")
            return answer
        answer = original(parameters)
        if answer[0] < 400 and status != statuses.DELETED:
            stack["StackStatus"] = "DELETE_IN_PROGRESS"
            stack[DELETION_REQUESTED] = status
        return answer

    return handle


def _describe_stacks(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        answer = original(parameters)
        for stack in cloudformation._stacks.values():
            answer = with_xml(answer, stack["StackId"], _stack_xml(stack))
        return answer

    return handle


def _stack_xml(stack: Stack) -> str:
    """Return what the emulator does not show of a stack."""
    texts = "".join(
        f"<{key}>{stack[key]}</{key}>" for key in ("ChangeSetId", "DeletionTime") if stack.get(key)
    )
    return texts + configuration.shown(stack.get(KEY) or {})


def _by_name(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        stack = handlers._resolve_stack(text(parameters, "StackName"))
        named = {"StackName": [stack["StackName"]]} if stack else {}
        return original({**parameters, **named})

    return handle


def _naming_with_id(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        status, headers, body = original(parameters)
        name = text(parameters, "StackName")
        missing, shown = f"Stack [{name}] does not exist", f"Stack with id {name} does not exist"
        if status >= 400:
            body = body.replace(missing.encode(), shown.encode())
        return status, headers, body

    return handle
