"""CloudFormation stacks on the embedded AWS."""

from __future__ import annotations

import json
from typing import Any

from catalog_platform.local.state import Embedded
from support.embedded import client, eventually


def template(resources: dict[str, Any], outputs: dict[str, Any] | None = None) -> str:
    shown = {name: {"Value": value} for name, value in (outputs or {}).items()}
    return json.dumps({"Resources": resources, "Outputs": shown})


def apply(
    embedded: Embedded,
    name: str,
    resources: dict[str, Any],
    outputs: dict[str, Any] | None = None,
) -> dict[str, str]:
    """Create or update a stack and wait for its end; returns its outputs, fails if it failed."""
    stacks = client(embedded, "cloudformation")
    exists = name in [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
    change = stacks.update_stack if exists else stacks.create_stack
    change(StackName=name, TemplateBody=template(resources, outputs))
    stack: dict[str, Any] = {}

    def ended() -> bool:
        stack.update(stacks.describe_stacks(StackName=name)["Stacks"][0])
        return not stack["StackStatus"].endswith("IN_PROGRESS")

    eventually(ended, seconds=60)
    wanted = "UPDATE_COMPLETE" if exists else "CREATE_COMPLETE"
    assert stack["StackStatus"] == wanted, reasons(embedded, name)
    return {out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", ())}


def output(embedded: Embedded, stack: str, name: str) -> str:
    """What a stack says under a name."""
    answer = client(embedded, "cloudformation").describe_stacks(StackName=stack)
    outputs = answer["Stacks"][0]["Outputs"]
    return next(str(out["OutputValue"]) for out in outputs if out["OutputKey"] == name)


def reasons(embedded: Embedded, name: str) -> list[str]:
    events = client(embedded, "cloudformation").describe_stack_events(StackName=name)
    return [
        event["ResourceStatusReason"]
        for event in events["StackEvents"]
        if event["ResourceStatus"].endswith("FAILED")
    ]


def remove(embedded: Embedded, name: str) -> None:
    stacks = client(embedded, "cloudformation")
    stacks.delete_stack(StackName=name)
    eventually(
        lambda: name not in [stack["StackName"] for stack in stacks.describe_stacks()["Stacks"]]
    )
