"""Requests to CloudFormation that AWS refuses: operation, parameters, error code and page.

They need the stack "stack" of the template `TEXT`.
"""

from __future__ import annotations

import json
from typing import Any

from support.request_fuzzing import TEMPLATES

API = "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_"
INVALID = "ValidationError"
TEXT = TEMPLATES[0]
TOPIC = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
TRIGGER = {
    "Arn": "arn:aws:cloudwatch:us-east-1:000000000001:alarm:a",
    "Type": "AWS::CloudWatch::Alarm",
}


def _case(
    operation: str, code: str = INVALID, **parameters: Any
) -> tuple[str, dict[str, Any], str, str]:
    return operation, parameters, code, f"{API}{operation}.html"


def _update(**configuration: Any) -> tuple[str, dict[str, Any], str, str]:
    return _case(
        "UpdateStack", StackName="stack", TemplateBody=TOPIC, RollbackConfiguration=configuration
    )


CLOUDFORMATION_CASES: list[tuple[str, dict[str, Any], str, str]] = [
    _case("CreateStack", TemplateBody=TEXT),
    _case("CreateStack", StackName="1st", TemplateBody=TEXT),
    _case("CreateStack", StackName="a_b", TemplateBody=TEXT),
    _case("CreateStack", StackName="a" * 129, TemplateBody=TEXT),
    _case("CreateStack", StackName="new"),
    _case("CreateStack", StackName="new", TemplateBody="{"),
    _case("CreateStack", StackName="new", TemplateBody="x" * 51_201),
    _case("CreateStack", StackName="new", TemplateBody=TEXT, OnFailure="OTHER"),
    _case("CreateStack", StackName="new", TemplateBody=TEXT, ClientRequestToken="-"),
    _case("CreateStack", StackName="new", TemplateBody=TEXT, Capabilities=["OTHER"]),
    _case("CreateStack", StackName="new", TemplateBody=TEXT, TimeoutInMinutes=0),
    _case("CreateStack", "AlreadyExistsException", StackName="stack", TemplateBody=TEXT),
    _case("UpdateStack", StackName="none", TemplateBody=TEXT),
    _case("UpdateStack", StackName="stack", TemplateBody=TEXT),
    _case("UpdateStack", StackName="stack", TemplateBody=TOPIC, Parameters=[{"ParameterKey": "x"}]),
    _update(MonitoringTimeInMinutes=181),
    _update(MonitoringTimeInMinutes=-1),
    _update(RollbackTriggers=[TRIGGER] * 6),
    _update(RollbackTriggers=[{"Arn": "x"}]),
    _case("DeleteStack", StackName="stack", RetainResources=["Text"]),
    _case("DeleteStack", StackName="stack", DeletionMode="FORCE_DELETE_STACK"),
    _case("DeleteStack", StackName="stack", DeletionMode="OTHER"),
    _case("DescribeStacks", StackName="none"),
    _case("DescribeStackEvents", StackName="none"),
    _case("DescribeStackResources", StackName="none"),
    _case("ListStackResources", StackName="none"),
    _case("GetTemplate", StackName="none"),
    _case("CreateChangeSet", StackName="none", ChangeSetName="changes", TemplateBody=TEXT),
    _case(
        "CreateChangeSet",
        StackName="stack",
        ChangeSetName="changes",
        ChangeSetType="OTHER",
        TemplateBody=TOPIC,
    ),
    _case(
        "CreateChangeSet",
        StackName="stack",
        ChangeSetName="changes",
        ChangeSetType="CREATE",
        TemplateBody=TOPIC,
    ),
    _case("CreateChangeSet", StackName="stack", ChangeSetName="a_b", TemplateBody=TOPIC),
    _case(
        "CreateChangeSet",
        StackName="stack",
        ChangeSetName="changes",
        ChangeSetType="IMPORT",
        TemplateBody=TOPIC,
    ),
    _case("ExecuteChangeSet", "ChangeSetNotFound", StackName="stack", ChangeSetName="none"),
    _case("DescribeChangeSet", "ChangeSetNotFound", StackName="stack", ChangeSetName="none"),
    _case("ContinueUpdateRollback", StackName="stack"),
    _case("RollbackStack", StackName="stack"),
    _case("CancelUpdateStack", StackName="stack"),
    _case("UpdateTerminationProtection", StackName="stack"),
    _case("UpdateTerminationProtection", StackName="none", EnableTerminationProtection=True),
    _case(
        "SignalResource",
        StackName="stack",
        LogicalResourceId="Text",
        UniqueId="1",
        Status="OTHER",
    ),
    _case("SetStackPolicy", StackName="stack", StackPolicyBody="{"),
]
