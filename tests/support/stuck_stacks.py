"""Environments on the embedded AWS whose templates a test writes, and resources that fail."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from catalog_platform.aws import stack_status
from catalog_platform.aws.session import Session
from catalog_platform.local.state import Embedded
from catalog_platform.release.deploy import deploy
from catalog_platform.release.outcome import verified
from catalog_platform.release.recovery import execution, planning
from catalog_platform.release.recovery.plan import Kind, Plan
from catalog_platform.release.recovery.request import Request
from catalog_platform.workspace import Toolchain
from support.embedded import ROLE, client, eventually

SECONDS = 60.0
KEEP = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue"}
ONE_WAY = """
import json, urllib.request

def handle(event, context):
    back = event["RequestType"] == "Update" and event["ResourceProperties"]["Mode"] == "before"
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "FAILED" if back else "SUCCESS", "Reason": "one way"}
    body = json.dumps(answer | {"PhysicalResourceId": "one-way"}).encode()
    request = urllib.request.Request(event["ResponseURL"], data=body, method="PUT")
    urllib.request.urlopen(request, timeout=10).close()
"""


def session_of(embedded: Embedded) -> Session:
    return Session(embedded.region, embedded.aws_environment())


def failing(after: str) -> dict[str, Any]:
    """A resource that cannot be created, and is not tried before another one exists."""
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "DependsOn": after,
        "Properties": {
            "EventSourceArn": "arn:aws:kinesis:us-east-1:000000000001:stream/none",
            "FunctionName": "none",
            "StartingPosition": "LATEST",
        },
    }


def database(name: str) -> dict[str, Any]:
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Snapshot",
        "UpdateReplacePolicy": "Snapshot",
        "Properties": {
            "DBInstanceIdentifier": name,
            "DBName": name,
            "DBInstanceClass": "db.t4g.micro",
            "Engine": "postgres",
            "AllocatedStorage": "20",
            "MasterUsername": "owner",
            "MasterUserPassword": "password1234",
            "DeletionProtection": True,
        },
    }


def group(name: str) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", **KEEP, "Properties": {"LogGroupName": name}}


class Environment:
    """An environment whose template the test writes."""

    def __init__(self, embedded: Embedded, folder: Path, name: str, *, protected: bool) -> None:
        self.embedded, self.folder, self.name = embedded, folder / name, name
        self.protected = protected
        self.session = session_of(embedded)
        self.stacks = client(embedded, "cloudformation")

    def deploy(self, **resources: Any) -> list[str]:
        """Deploy as `catalogctl deploy` does; return its notes."""
        stack, notes = f"catalog-{self.name}", list[str]()
        self.folder.mkdir(exist_ok=True)
        file = f"{stack}.template.json"
        properties = {"templateFile": file, "terminationProtection": self.protected}
        artifact = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{self.embedded.account}/{self.embedded.region}",
            "properties": properties,
        }
        manifest = {"version": "36.0.0", "artifacts": {stack: artifact}}
        template = {"Resources": resources}
        (self.folder / "manifest.json").write_text(json.dumps(manifest))
        (self.folder / file).write_text(json.dumps(template))
        with verified(self.session, self.name, change_set=None, on_note=notes.append):
            deploy(Toolchain.installed(), self.session, self.folder, self.name, timeout=SECONDS)
        return notes

    def status(self) -> str:
        found = stack_status.read(self.session, self.name)
        return found.status if found else "absent"

    def plan(self, **options: Any) -> Plan:
        return planning.make(Request(self.session, self.name, **options))

    def recover(self, **options: Any) -> list[Kind]:
        """Recover; return the kinds of the steps."""
        plan = self.plan(**options)
        self.execute(plan)
        return [step.kind for step in plan.steps]

    def execute(self, plan: Plan) -> None:
        def show_step(_title: str) -> contextlib.AbstractContextManager[Any]:
            return contextlib.nullcontext(lambda _detail: None)

        execution.execute(self.session, plan, timeout=SECONDS, show_step=show_step)

    def delete(self) -> None:
        """Delete the stack as a person would, and wait for the end."""
        name = f"catalog-{self.name}"
        self.stacks.update_termination_protection(StackName=name, EnableTerminationProtection=False)
        self.stacks.delete_stack(StackName=name)
        eventually(lambda: self.status() in ("absent", "DELETE_FAILED"))


def one_way(mode: str) -> dict[str, Any]:
    """A custom resource that can be updated to `after`, and not back to `before`."""
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Runtime": "python3.13",
            "Role": ROLE,
            "Handler": "index.handle",
            "Code": {"ZipFile": ONE_WAY},
        },
    }
    token = {"Fn::GetAtt": ["Function", "Arn"]}
    custom = {"Type": "Custom::OneWay", "Properties": {"ServiceToken": token, "Mode": mode}}
    return {"Function": function, "OneWay": custom}
