"""Operations on stacks of the embedded AWS, and what CloudFormation reports of them."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from catalog_platform.local.state import Embedded
from support.embedded import client, eventually
from support.stacks import template

Resources = dict[str, Any]
PAGE = "https://docs.aws.amazon.com/AWSCloudFormation/latest"
HANDLE = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
# CloudFormation refuses to create secure strings.
INVALID = {
    "Type": "AWS::SSM::Parameter",
    "Properties": {"Type": "SecureString", "Name": "/invalid", "Value": "1"},
}


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def wait(seconds: int, *after: str) -> dict[str, Any]:
    """Return a resource that fails after a time; the stack needs `HANDLE` as "Handle"."""
    return {
        "Type": "AWS::CloudFormation::WaitCondition",
        "DependsOn": list(after),
        "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": str(seconds)},
    }


@dataclass
class Stack:
    """A stack; each event is a logical id and a status."""

    embedded: Embedded
    name: str

    @property
    def api(self) -> Any:
        return client(self.embedded, "cloudformation")

    def call(self, operation: str, **parameters: Any) -> Any:
        """Start an operation without waiting for its end."""
        return getattr(self.api, operation)(StackName=self.name, **parameters)

    def refusal(self, operation: str, **parameters: Any) -> str:
        """Return code and message of a refused operation; empty if it is accepted."""
        try:
            self.call(operation, **parameters)
        except ClientError as error:
            found = error.response["Error"]
            return f"{found['Code']}: {found['Message']}"
        return ""

    def run(self, operation: str, **parameters: Any) -> str:
        """Run an operation to its end and return the status of the stack."""
        self.call(operation, **parameters)
        return self.settled()

    def create(self, resources: Resources, **parameters: Any) -> str:
        return self.run("create_stack", TemplateBody=template(resources), **parameters)

    def update(self, resources: Resources, **parameters: Any) -> str:
        return self.run("update_stack", TemplateBody=template(resources), **parameters)

    def delete(self, **parameters: Any) -> str:
        return self.run("delete_stack", **parameters)

    def settled(self) -> str:
        """Wait for the end of the operation; return the status, DELETE_COMPLETE without a stack."""
        time.sleep(0.05)
        eventually(lambda: not self.status.endswith("IN_PROGRESS"))
        return self.status

    @property
    def status(self) -> str:
        return str(self.described.get("StackStatus", "DELETE_COMPLETE"))

    @property
    def described(self) -> dict[str, Any]:
        """Return what DescribeStacks says; empty without a stack."""
        found = [s for s in self.api.describe_stacks()["Stacks"] if s["StackName"] == self.name]
        return found[0] if found else {}

    @property
    def identifier(self) -> str:
        return str(self.described["StackId"])

    def events(self, identifier: str = "") -> list[dict[str, Any]]:
        """Return all events, oldest first; a deleted stack needs its identifier."""
        found = self.api.describe_stack_events(StackName=identifier or self.name)["StackEvents"]
        return list(reversed(found))

    def since(self, known: list[dict[str, Any]], identifier: str = "") -> list[tuple[str, str]]:
        """Return the events after those that are known."""
        found = self.events(identifier)[len(known) :]
        return [(event["LogicalResourceId"], event["ResourceStatus"]) for event in found]

    def reason(self, logical_id: str, status: str) -> str:
        """Return the reason of the last event of this kind."""
        found = [
            event.get("ResourceStatusReason", "")
            for event in self.events()
            if (event["LogicalResourceId"], event["ResourceStatus"]) == (logical_id, status)
        ]
        return str(found[-1])

    def physical_id(self, logical_id: str) -> str:
        found = self.api.describe_stack_resource(StackName=self.name, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    @property
    def resources(self) -> dict[str, str]:
        """Return the status of each resource."""
        found = self.api.describe_stack_resources(StackName=self.name)["StackResources"]
        return {each["LogicalResourceId"]: each["ResourceStatus"] for each in found}

    def change_set(self, name: str, kind: str, resources: Resources, **parameters: Any) -> Any:
        """Create a change set and return its description."""
        self.call(
            "create_change_set",
            ChangeSetName=name,
            ChangeSetType=kind,
            TemplateBody=template(resources),
            **parameters,
        )
        return self.call("describe_change_set", ChangeSetName=name)


def as_template(resources: Resources) -> dict[str, str]:
    """Return a template as parameter."""
    return {"TemplateBody": json.dumps({"Resources": resources})}
