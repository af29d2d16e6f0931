"""What is missing has a name, so that a further missing thing is another result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support import templates
from support.manifests import ROOT
from support.policy_checks import good, violations

# The type of the policy that is attached to a resource.
ATTACHED = {6: "AWS::S3::BucketPolicy", 7: "AWS::SQS::QueuePolicy", 8: "AWS::SNS::TopicPolicy"}


def mapping_with_alarms(*metrics: str) -> dict[str, Any]:
    template = good(57)
    mapping = template["Resources"]["Mapping"]["Properties"]
    mapping |= {"FunctionName": {"Ref": "Function"}, "MetricsConfig": {"Metrics": ["EventCount"]}}
    template["Resources"]["Function"] = {"Type": "AWS::Lambda::Function", "Properties": {}}
    dimension = {"Name": "EventSourceMappingUUID", "Value": {"Ref": "Mapping"}}
    for name in metrics:
        template["Resources"][name] = {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {"MetricName": name, "Dimensions": [dimension]},
        }
    return template


def test_each_missing_alarm_is_a_result(tmp_path: Path) -> None:
    discarded, dropped = "OnFailureDestinationDeliveredEventCount", "DroppedEventCount"
    for number, (made, missing) in enumerate(
        [((discarded, dropped), []), ((discarded,), [dropped]), ((), [discarded, dropped])]
    ):
        found = violations("CKV_CATALOG_53", mapping_with_alarms(*made), tmp_path / str(number))
        assert found.get("Mapping", []) == [f"Alarms/{name}" for name in missing]


def test_a_topic_without_receiver_and_without_cloudwatch_has_two_results(tmp_path: Path) -> None:
    template = good(26)
    del template["Resources"]["Subscription"]
    del template["Resources"]["TopicPolicy"]["Properties"]["PolicyDocument"]["Statement"][1]
    found = violations("CKV_CATALOG_26", template, tmp_path)
    assert found == {"Topic": ["Properties/Subscription", "TopicPolicy"]}


def test_the_missing_denial_for_code_is_a_result_of_its_own(tmp_path: Path) -> None:
    template = good(19)
    document = template["Resources"]["Policy"]["Properties"]["PolicyDocument"]
    assert document["Statement"].pop(5)["Effect"] == "Deny"
    document["Statement"].append({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})
    found = violations("CKV_CATALOG_19", template, tmp_path)["Policy"]
    paths = {f"Properties/PolicyDocument/{name}" for name in ("Statement/[5]", "Deny")}
    assert {*found} == paths


@pytest.mark.parametrize("action", ["kms:GenerateDataKey", "kms:DescribeKey"])
def test_each_action_that_a_trail_lacks_is_a_result(action: str, tmp_path: Path) -> None:
    template = good(30)
    statements = template["Resources"]["Key"]["Properties"]["KeyPolicy"]["Statement"]
    for each in statements:
        if each["Effect"] == "Allow" and each["Principal"] == {
            "Service": "cloudtrail.amazonaws.com"
        }:
            listed = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
            each["Action"] = [name for name in listed if not name.startswith(action)] or ["kms:x"]
    found = violations("CKV_CATALOG_30", template, tmp_path)["Key"]
    assert f"Properties/KeyPolicy/{action}" in found


def test_each_metric_of_a_dashboard_that_nothing_emits_is_a_result(tmp_path: Path) -> None:
    template = good(54)
    lines = [["Ours", "A"], ["Ours", "B.c"], ["Ours", "A"], ["AWS/SQS", "C"]]
    widget = {"type": "metric", "properties": {"metrics": lines}}
    board = {"DashboardBody": json.dumps({"widgets": [widget]})}
    template["Resources"]["Board"] = {"Type": "AWS::CloudWatch::Dashboard", "Properties": board}
    found = violations("CKV_CATALOG_54", template, tmp_path)["Board"]
    assert {*found} == {f"Properties/DashboardBody/Ours/{name}" for name in ("A", "B.c")}


def test_the_digest_covers_the_policy_that_is_attached_to_a_resource(tmp_path: Path) -> None:
    """A waiver for a policy that refuses too little doesn't cover one that refuses less."""
    stacks: dict[str, str] = {}
    for policy, kind in ATTACHED.items():
        for name, action in (("narrow", "x:Y"), ("none", "x:Z")):
            template = good(policy)
            for each in template["Resources"].values():
                if each["Type"] == kind:
                    each["Properties"]["PolicyDocument"]["Statement"][0]["Action"] = action
            stacks[f"{name}-{policy}"] = json.dumps(template)
    policies = tmp_path / "policies"
    policies.mkdir()
    (policies / "checks").symlink_to(ROOT / "policies" / "checks")
    assembly = templates.assembly(tmp_path / "out", **stacks)
    results = templates.scan(assembly, policies, *stacks).results
    for policy, kind in ATTACHED.items():
        found = {
            name: {(each.detail, each.digest) for each in results if own(each, name, policy)}
            for name in (f"narrow-{policy}", f"none-{policy}")
        }
        (narrow,), (none,) = found.values()
        assert narrow[0] == none[0] == kind.rpartition(":")[2]
        assert narrow[1] != none[1]


def own(result: Any, environment: str, policy: int) -> bool:
    wanted = (environment, f"CKV_CATALOG_{policy}")
    return (result.environment, result.policy) == wanted
