from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.unevaluated import unevaluated
from support import templates
from support.manifests import ROOT
from support.templates import QUEUE, VALID, rules, scan

CONDITION = {"Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}}
PARAMETER = {"Parameters": {"Kms": {"Type": "String", "Default": "alias/aws/sqs"}}}
ALLOW = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}


def queue(key: object, **attributes: object) -> dict[str, Any]:
    return {**QUEUE, "Properties": {"KmsMasterKeyId": key}, **attributes}


def role(document: object) -> dict[str, Any]:
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}


def problems(folder: Path, resource: object, **sections: object) -> list[str]:
    text = json.dumps({**sections, "Resources": {"Checked": resource, "Other": QUEUE}})
    ((stack,), _) = assemblies.read(templates.assembly(folder, dev=text), ["dev"])
    found = list(unevaluated(stack))
    assert {each.rule for each in found} <= {"scan-unevaluated"}
    return [each.message for each in found]


REGION = {"Ref": "AWS::Region"}
# What a policy sees, and what CloudFormation makes of it.
REFUSED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a property that is removed": (
        queue({"Ref": "AWS::NoValue"}), {}, "KmsMasterKeyId: AWS::NoValue removes the property",
    ),
    "a property in one case only": (
        queue({"Fn::If": ["Never", "x", {"Ref": "Other"}]}), CONDITION, "Fn::If is evaluated",
    ),
    "a resource in one case only": (
        queue("x", Condition="Never"), CONDITION, "has a condition, so it may not be created",
    ),
    "a section with conditions": (QUEUE, CONDITION, "the template has Conditions"),
    "a value of a map": (
        queue({"Fn::FindInMap": ["M", "a", "b"]}), {"Mappings": {}}, "Fn::FindInMap is evaluated",
    ),
    "a value of another stack": (queue({"Fn::ImportValue": "x"}), {}, "Fn::ImportValue is"),
    "a parameter": (queue({"Ref": "Kms"}), PARAMETER, "the parameter Kms is set when"),
    "a parameter within a text": (
        queue({"Fn::Sub": "${Kms}"}), PARAMETER, "KmsMasterKeyId: a parameter in it is set when",
    ),
    "a value of Parameter Store": (queue("{{resolve:ssm:/x}}"), {}, "is read from a parameter"),
    "a macro for the template": (QUEUE, {"Transform": "AWS::Include"}, "template has Transform"),
    "a macro for a resource": (
        {**QUEUE, "Fn::Transform": {"Name": "M"}}, {}, "Fn::Transform is evaluated",
    ),
    "global properties": (QUEUE, {"Globals": {}}, "the template has Globals"),
    "text that is put together": (
        queue({"Fn::Join": ["", ["tr", "ue"]]}), {}, "Fn::Join hides a constant value",
    ),
    "text that is chosen": (
        queue({"Fn::Select": [0, ["x", {"Ref": "Other"}]]}), {}, "Fn::Select hides a constant",
    ),
    "text that is cut out": (
        queue({"Fn::Select": ["1", {"Fn::Split": ["-", "a-b"]}]}), {}, "Fn::Select hides",
    ),
    "text that is cut out of one with a variable": (
        queue({"Fn::Select": [0, {"Fn::Split": ["|", {"Fn::Sub": "x|${AWS::Region}"}]}]}), {},
        "Fn::Split hides a constant value",
    ),
    "text that is cut out of a composed text": (
        queue({"Fn::Select": [0, {"Fn::Split": ["|", {"Fn::Join": ["|", [REGION, "x"]]}]}]}), {},
        "Fn::Split hides a constant value",
    ),
    "text without variables": (queue({"Fn::Sub": "x ${!Literal}"}), {}, "Fn::Sub hides"),
    "a function beside other keys": (
        queue({"Ref": "Other", "x": 1}), {}, "Ref stands beside other keys",
    ),
    "a nested stack": (
        {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "https://x"}}, {},
        "creates resources from another template",
    ),
    "a module": ({"Type": "Org::Data::Base::MODULE"}, {}, "from another template"),
    "a type of AWS SAM": ({"Type": "AWS::Serverless::Application"}, {}, "from another template"),
    "a type of a private registry": ({"Type": "Org::Data::Base"}, {}, "knows the type Org::Data"),
    "code of another stack": (
        {"Type": "Custom::Migration", "Properties": {"ServiceToken": "arn:aws:lambda:x:1:f"}}, {},
        "Custom::Migration runs code that is not part of the stack",
    ),
    "code that is no function": (
        {
            "Type": "AWS::CloudFormation::CustomResource",
            "Properties": {"ServiceToken": {"Fn::GetAtt": ["Other", "Arn"]}},
        },
        {},
        "runs code that is not part of the stack",
    ),
    "a type in other letters": ({"Type": "aws::sqs::queue"}, {}, "no policy knows the type"),
    "a document as text": (role(json.dumps({"Statement": [ALLOW]})), {}, "is a text"),
    "a document of a function": (role({"Fn::Sub": "${Other}"}), {}, "is a text"),
    "a statement outside of a list": (role({"Statement": ALLOW}), {}, "Statement that is a list"),
    "an action by a function": (
        role({"Statement": [{**ALLOW, "Action": [{"Fn::GetAtt": ["Other", "Arn"]}]}]}), {},
        "policies only read it if it is written out",
    ),
    "all actions in other letters": (
        role({"Statement": [{**ALLOW, "Action": "*:*"}]}), {}, "the action *:* is read as one of",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("resource", "sections", "message"), REFUSED.values(), ids=REFUSED)
def test_the_scan_refuses(
    resource: dict[str, Any], sections: dict[str, Any], message: str, tmp_path: Path
) -> None:
    found = problems(tmp_path, resource, **sections)
    assert any(message in each for each in found), found


ALLOWED = {
    "a reference": {"Ref": "Other"},
    "an attribute": {"Fn::GetAtt": ["Other", "Arn"]},
    "the region": {"Ref": "AWS::Region"},
    "text with an attribute": {"Fn::Join": ["", ["arn:", {"Fn::GetAtt": ["Other", "Arn"]}]]},
    "text with a variable": {"Fn::Sub": "${Other.Arn}/*"},
    "part of an attribute": {
        "Fn::Select": [6, {"Fn::Split": [":", {"Fn::GetAtt": ["Other", "Arn"]}]}]
    },
    "a zone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]},
    "a secret": "{{resolve:secretsmanager:x}}",
}


@pytest.mark.parametrize("value", ALLOWED.values(), ids=ALLOWED)
def test_the_scan_accepts(value: object, tmp_path: Path) -> None:
    assert problems(tmp_path, queue(value), **PARAMETER) == []


def test_a_custom_resource_may_run_a_function_of_the_stack(tmp_path: Path) -> None:
    resource = {
        "Type": "Custom::Migration",
        "Properties": {"ServiceToken": {"Fn::GetAtt": ["Function", "Arn"]}},
    }
    function = {"Type": "AWS::Lambda::Function"}
    text = json.dumps({"Resources": {"Custom": resource, "Function": function}})
    ((stack,), _) = assemblies.read(templates.assembly(tmp_path, dev=text), ["dev"])
    assert list(unevaluated(stack)) == []


@pytest.mark.parametrize("others", [{}, {"Vpc": {"Type": "AWS::EC2::VPC"}}])
@pytest.mark.parametrize("samples", [[], ["dev"], ["prod"]])
def test_an_environment_has_known_types_only(
    others: dict[str, Any], samples: list[str], tmp_path: Path
) -> None:
    """The caller says whether it is one; a template without a network can't."""
    resources = {"Bastion": {"Type": "AWS::EC2::Instance"}, **others}
    text = json.dumps({"Resources": resources})
    assembly = templates.assembly(tmp_path, dev=text)
    ((stack,), _) = assemblies.read(assembly, ["dev"], samples=samples)
    messages = ["no policy knows the type AWS::EC2::Instance"] if "dev" not in samples else []
    assert [each.message for each in unevaluated(stack)] == messages


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("DatabasePassword", "hunter2", True),
        ("Address", "postgres://owner:hunter2@db/catalog", True),
        ("Address", {"Fn::Sub": "{{resolve:secretsmanager:${Other}}}"}, True),
        ("DatabaseSecretArn", {"Ref": "Other"}, False),
        ("DatabaseSecret", {"Ref": "Other"}, False),
        ("DatabaseName", "catalog", False),
    ],
)
def test_an_output_shows_no_secret(name: str, value: object, shown: bool, tmp_path: Path) -> None:
    found = problems(tmp_path, QUEUE, Outputs={name: {"Value": value}})
    message = f"the output {name} shows a secret, or is named after one"
    assert found == ([message] if shown else [])


def test_documents_with_lists_are_accepted(tmp_path: Path) -> None:
    statements = [{**ALLOW, "Action": "*"}, {**ALLOW, "Action": ["s3:*"], "Resource": {"Ref": "X"}}]
    assert problems(tmp_path, role({"Statement": statements})) == []


def test_the_stack_of_production_has_nothing_that_policies_cannot_evaluate(tmp_path: Path) -> None:
    text = (ROOT / "tests" / "golden" / "production.json").read_text("utf-8")
    ((stack,), _) = assemblies.read(templates.assembly(tmp_path, dev=text), ["dev"])
    assert list(unevaluated(stack)) == []


def test_a_scan_reports_what_it_cannot_evaluate_as_an_error_of_the_resource(tmp_path: Path) -> None:
    out = templates.assembly(
        tmp_path / "out", dev={"Q": queue({"Ref": "AWS::NoValue"}), "P": VALID}
    )
    result = scan(out, templates.policies(tmp_path / "policies"))
    assert rules(result) == {"scan-unevaluated"}
    assert [each.path for each in result.findings] == ["AWS::SQS::Queue.Q"]
