"""Read what is deployed: the status of a stack, its resources, and its template."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from catalog_platform.release.preflight.assembly import Resources, resources_of
from catalog_platform.release.preflight.calls import CallError, Calls, Cause
from catalog_platform.release.preflight.properties import PseudoParameters

# Resources with these statuses are in the list, but not in the stack.
GONE = ("DELETE_COMPLETE", "DELETE_SKIPPED", "CREATE_FAILED", "IMPORT_ROLLBACK_COMPLETE")
ACTIONS = (
    "cloudformation:DescribeStacks",
    "cloudformation:GetTemplate",
    "cloudformation:ListStackResources",
)


@dataclass(frozen=True, slots=True)
class DeployedResource:
    """A resource of a deployed stack; `physical_id` is its name or identifier in AWS."""

    logical_id: str
    type: str
    physical_id: str


@dataclass(frozen=True, slots=True)
class DeployedStack:
    """A deployed stack with its resources by logical id."""

    status: str
    resources: Mapping[str, DeployedResource]

    def of_type(self, *types: str) -> tuple[DeployedResource, ...]:
        """Return the resources of these types."""
        return tuple(each for each in self.resources.values() if each.type in types)


def read(calls: Calls, name: str) -> DeployedStack | None:
    """Return a deployed stack, None when it does not exist. Raises `CallError`."""
    try:
        (found,) = calls.call("cloudformation", "DescribeStacks", StackName=name)["Stacks"]
    except CallError as error:
        if error.cause is Cause.OTHER and "does not exist" in error.message:
            return None
        raise
    listed = calls.pages(
        "cloudformation", "ListStackResources", "StackResourceSummaries", StackName=name
    )
    resources = {
        each["LogicalResourceId"]: DeployedResource(
            each["LogicalResourceId"], each["ResourceType"], each["PhysicalResourceId"]
        )
        for each in listed
        if each["ResourceStatus"] not in GONE and each.get("PhysicalResourceId")
    }
    return DeployedStack(found["StackStatus"], resources)


def read_template(calls: Calls, pseudo: PseudoParameters) -> Resources:
    """Return the resources of the deployed template. Raises `CallError`."""
    body = calls.call("cloudformation", "GetTemplate", StackName=pseudo.stack)["TemplateBody"]
    # boto3 parses a template in JSON, but not the one of an emulator.
    return resources_of(json.loads(body) if isinstance(body, str) else body, pseudo)
