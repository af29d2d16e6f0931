"""Refuse requests that a stack's status forbids, and complete what others do.

A refused request changes nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers, helpers

from embedded_aws.emulator.cloudformation import configuration, statuses
from embedded_aws.emulator.cloudformation.events import Stack
from embedded_aws.emulator.cloudformation.rollback_triggers import KEY
from embedded_aws.emulator.cloudformation.running import DELETION_REQUESTED

Parameters = Mapping[str, Any]
Answer = tuple[int, dict[str, str], Any]
Handler = Callable[[Parameters], Answer]
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
        "CreateChangeSet": _create_change_set,
        "ExecuteChangeSet": _execute_change_set,
        "DescribeStacks": _describe_stacks,
        "DescribeChangeSet": _describe_change_set,
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


def _text(parameters: Parameters, name: str) -> str:
    return str(helpers._p(parameters, name))


def _refused(message: str, code: str = "ValidationError") -> Answer:
    answer: Answer = helpers._error(code, message)
    return answer


def _unchanged_if_refused(original: Handler) -> Handler:
    """Restore stack, events and change sets when a request is refused halfway."""

    def handle(parameters: Parameters) -> Answer:
        stacks, sets = cloudformation._stacks, cloudformation._change_sets
        name = _text(parameters, "StackName")
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
        name = _text(parameters, "StackName")
        existing = handlers._resolve_stack(name)
        if existing is not None and existing["StackStatus"] != statuses.DELETED:
            return _refused(f"Stack [{name}] already exists", "AlreadyExistsException")
        deleted = cloudformation._stacks.get(name)
        answer = original(parameters)
        if answer[0] < 400:
            _keep_deleted(deleted)
            configuration.merge(cloudformation._stacks[name], configuration.given(parameters))
        return answer

    return handle


def _update_stack(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        stack = handlers._resolve_stack(_text(parameters, "StackName"))
        if stack is None:
            return original(parameters)
        status = stack["StackStatus"]
        refusal = statuses.update_refusal(stack["StackId"], status)
        if refusal:
            return _refused(refusal)
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
        stack = handlers._resolve_stack(_text(parameters, "StackName"))
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
            return _refused(refusal)
        if status == "DELETE_IN_PROGRESS":
            answer: Answer = helpers._xml(200, "DeleteStackResponse", "")
            return answer
        answer = original(parameters)
        if answer[0] < 400 and status != statuses.DELETED:
            stack["StackStatus"] = "DELETE_IN_PROGRESS"
            stack[DELETION_REQUESTED] = status
        return answer

    return handle


def _create_change_set(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        name = _text(parameters, "StackName")
        kind = _text(parameters, "ChangeSetType") or "UPDATE"
        stack = handlers._resolve_stack(name)
        refusal = _change_set_refusal(name, kind, stack, _text(parameters, "ChangeSetName"))
        if refusal:
            return _refused(refusal)
        known = set(cloudformation._change_sets)
        named = cloudformation._stacks.get(name)
        answer = original(parameters)
        if answer[0] < 400:
            _keep_deleted(named)
            for key in set(cloudformation._change_sets) - known:
                change_set = cloudformation._change_sets[key]
                configuration.merge(change_set, configuration.given(parameters))
                if kind == "CREATE" and stack is not None:
                    answer = _keep_identity(stack, change_set, answer)
        return answer

    return handle


def _keep_deleted(stack: Stack | None) -> None:
    """Keep a deleted stack whose name has been used again: it can be described by its id."""
    if stack is not None and stack["StackStatus"] == statuses.DELETED:
        cloudformation._stacks[stack["StackId"]] = stack


def _change_set_refusal(name: str, kind: str, stack: Stack | None, change_set: str) -> str | None:
    status = stack["StackStatus"] if stack else None
    if kind == "CREATE":
        return statuses.creation_refusal(name, status, change_set)
    if stack is None or (kind == "IMPORT" and status == statuses.REVIEW):
        return None
    return statuses.update_refusal(stack["StackId"], stack["StackStatus"])


def _keep_identity(stack: Stack, change_set: dict[str, Any], answer: Answer) -> Answer:
    """Keep the stack in REVIEW_IN_PROGRESS, which the emulator replaces by a new one."""
    if stack["StackStatus"] != statuses.REVIEW:
        return answer
    old, new = stack["StackId"], change_set["StackId"]
    cloudformation._stacks[stack["StackName"]] = stack
    cloudformation._stack_events.pop(new, None)
    change_set["StackId"] = old
    status, headers, body = answer
    return status, headers, body.replace(new.encode(), old.encode())


def _execute_change_set(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        found = _change_set(parameters)
        stack = cloudformation._stacks.get(found["StackName"]) if found else None
        if found is None or stack is None:
            return original(parameters)
        status = stack["StackStatus"]
        is_new = found.get("ChangeSetType") in ("CREATE", "IMPORT") and status == statuses.REVIEW
        refusal = None if is_new else statuses.update_refusal(stack["StackId"], status)
        if refusal:
            return _refused(refusal)
        answer = original(parameters)
        if answer[0] < 400:
            configuration.merge(stack, copy.deepcopy(found.get(KEY) or {}))
            stack["ChangeSetId"] = found["ChangeSetId"]
        return answer

    return handle


def _describe_stacks(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        answer = original(parameters)
        for stack in cloudformation._stacks.values():
            answer = _with_xml(answer, stack["StackId"], _stack_xml(stack))
        return answer

    return handle


def _stack_xml(stack: Stack) -> str:
    """Return what the emulator does not show of a stack."""
    texts = "".join(
        f"<{key}>{stack[key]}</{key}>" for key in ("ChangeSetId", "DeletionTime") if stack.get(key)
    )
    return texts + configuration.shown(stack.get(KEY) or {})


def _describe_change_set(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        answer, found = original(parameters), _change_set(parameters)
        if not found:
            return answer
        return _with_xml(answer, found["StackId"], configuration.shown(found.get(KEY) or {}))

    return handle


def _with_xml(answer: Answer, stack_id: str, shown: str) -> Answer:
    """Add XML to the response, after the id of a stack."""
    status, headers, body = answer
    if status >= 400 or not shown:
        return answer
    before = f"<StackId>{stack_id}</StackId>".encode()
    return status, headers, body.replace(before, before + shown.encode(), 1)


def _change_set(parameters: Parameters) -> dict[str, Any] | None:
    stack = handlers._resolve_stack(_text(parameters, "StackName"))
    name = stack["StackName"] if stack else _text(parameters, "StackName")
    _identifier, found = changesets._find_change_set(_text(parameters, "ChangeSetName"), name)
    change_set: dict[str, Any] | None = found
    return change_set


def _by_name(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        stack = handlers._resolve_stack(_text(parameters, "StackName"))
        named = {"StackName": [stack["StackName"]]} if stack else {}
        return original({**parameters, **named})

    return handle


def _naming_with_id(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        status, headers, body = original(parameters)
        name = _text(parameters, "StackName")
        missing, shown = f"Stack [{name}] does not exist", f"Stack with id {name} does not exist"
        if status >= 400:
            body = body.replace(missing.encode(), shown.encode())
        return status, headers, body

    return handle
