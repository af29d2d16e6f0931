"""Operations on change sets: refuse what a stack's status forbids, and complete the rest."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import changesets, handlers

from embedded_aws.emulator.cloudformation import configuration, operation, statuses
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


def _create_change_set(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        name = text(parameters, "StackName")
        kind = text(parameters, "ChangeSetType") or "UPDATE"
        stack = handlers._resolve_stack(name)
        refusal = _change_set_refusal(name, kind, stack, text(parameters, "ChangeSetName"))
        if refusal:
            return refused(refusal)
        known = set(cloudformation._change_sets)
        named = cloudformation._stacks.get(name)
        answer = original(parameters)
        if answer[0] < 400:
            keep_deleted(named)
            for key in set(cloudformation._change_sets) - known:
                change_set = cloudformation._change_sets[key]
                _try_failed_again(stack, change_set)
                configuration.merge(change_set, configuration.given(parameters))
                if kind == "CREATE" and stack is not None:
                    answer = _keep_identity(stack, change_set, answer)
        return answer

    return handle


def _try_failed_again(stack: Stack | None, change_set: dict[str, Any]) -> None:
    """Let a change set without changes try the resources again that have failed."""
    paused = stack is not None and operation.KEY in stack
    if not paused or change_set["Changes"] or "contain changes" not in change_set["StatusReason"]:
        return
    actions = {"CREATE_FAILED": "Add", "UPDATE_FAILED": "Modify"}
    change_set["Changes"] = [
        {
            "Type": "Resource",
            "ResourceChange": {
                "Action": actions[record["ResourceStatus"]],
                "LogicalResourceId": name,
                "ResourceType": record["ResourceType"],
            },
        }
        for name, record in (stack or {})["_resources"].items()
        if record["ResourceStatus"] in actions
    ]
    change_set.update(Status="CREATE_COMPLETE", ExecutionStatus="AVAILABLE", StatusReason="")


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
            return refused(refusal)
        answer = original(parameters)
        if answer[0] < 400:
            configuration.merge(stack, copy.deepcopy(found.get(KEY) or {}))
            stack["ChangeSetId"] = found["ChangeSetId"]
        return answer

    return handle


def _describe_change_set(original: Handler) -> Handler:
    def handle(parameters: Parameters) -> Answer:
        answer, found = original(parameters), _change_set(parameters)
        if not found:
            return answer
        return with_xml(answer, found["StackId"], configuration.shown(found.get(KEY) or {}))

    return handle


def _change_set(parameters: Parameters) -> dict[str, Any] | None:
    stack = handlers._resolve_stack(text(parameters, "StackName"))
    name = stack["StackName"] if stack else text(parameters, "StackName")
    _identifier, found = changesets._find_change_set(text(parameters, "ChangeSetName"), name)
    change_set: dict[str, Any] | None = found
    return change_set


WRAPPERS: Mapping[str, Callable[[Handler], Handler]] = {
    "CreateChangeSet": _create_change_set,
    "ExecuteChangeSet": _execute_change_set,
    "DescribeChangeSet": _describe_change_set,
}
