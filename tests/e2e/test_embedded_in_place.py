"""Resources keep their identity when AWS changes them in place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from catalog_platform.local.state import Embedded
from support.embedded import ROLE, client, running
from support.stack_operations import Stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


@pytest.fixture
def stack(embedded: Embedded, request: pytest.FixtureRequest) -> Stack:
    """A stack that does not exist yet, named for the test."""
    return Stack(embedded, re.sub(r"[^A-Za-z0-9]", "-", request.node.name))


def tagged(owner: str) -> list[dict[str, str]]:
    return [{"Key": "owner", "Value": owner}, {"Key": owner, "Value": "only"}]


def trail(owner: str, *, events: bool, logs: bool, named: bool = True) -> dict[str, Any]:
    selector = {"IncludeManagementEvents": events, "ReadWriteType": "WriteOnly"}
    name = {"TrailName": "audit"} if named else {}
    return {
        "Type": "AWS::CloudTrail::Trail",
        "Properties": {
            **name,
            "S3BucketName": "logs",
            "IsLogging": logs,
            "EventSelectors": [selector],
            "Tags": tagged(owner),
        },
    }


@pytest.mark.parametrize("named", [True, False])
def test_a_trail_changes_in_place(stack: Stack, *, named: bool) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudtrail-trail.html"""
    stack.create({"Trail": trail("one", events=True, logs=True, named=named)})
    name = stack.physical_id("Trail")
    changed = {"Trail": trail("two", events=False, logs=False, named=named)}
    assert stack.update(changed) == "UPDATE_COMPLETE"
    assert stack.physical_id("Trail") == name
    trails = client(stack.embedded, "cloudtrail")
    (selector,) = trails.get_event_selectors(TrailName=name)["EventSelectors"]
    assert selector["IncludeManagementEvents"] is False
    assert trails.get_trail_status(Name=name)["IsLogging"] is False
    arn = trails.get_trail(Name=name)["Trail"]["TrailARN"]
    (tags,) = trails.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    assert {tag["Key"]: tag["Value"] for tag in tags["TagsList"]}.items() >= {
        ("owner", "two"),
        ("two", "only"),
    }
    assert "one" not in [tag["Key"] for tag in tags["TagsList"]]
    stack.delete()


def test_tags_of_network_resources_change_in_place(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-natgateway.html"""

    def resources(owner: str) -> dict[str, Any]:
        gateway = {
            "SubnetId": {"Ref": "Subnet"},
            "AllocationId": {"Fn::GetAtt": ["Address", "AllocationId"]},
            "Tags": tagged(owner),
        }
        flow_log = {
            "ResourceId": {"Ref": "Vpc"},
            "ResourceType": "VPC",
            "TrafficType": "ALL",
            "LogGroupName": "flows",
            "DeliverLogsPermissionArn": ROLE,
            "Tags": tagged(owner),
        }
        subnet = {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}
        return {
            "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
            "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": subnet},
            "Address": {
                "Type": "AWS::EC2::EIP",
                "Properties": {"Domain": "vpc", "Tags": tagged(owner)},
            },
            "Gateway": {"Type": "AWS::EC2::NatGateway", "Properties": gateway},
            "Flow": {"Type": "AWS::EC2::FlowLog", "Properties": flow_log},
        }

    names = ("Address", "Gateway", "Flow")
    assert stack.create(resources("one")) == "CREATE_COMPLETE"
    before = {name: stack.physical_id(name) for name in names}
    assert stack.update(resources("two")) == "UPDATE_COMPLETE"
    assert {name: stack.physical_id(name) for name in names} == before
    network = client(stack.embedded, "ec2")
    owners = [{"Name": "key", "Values": ["two"]}]
    found = network.describe_tags(Filters=owners)["Tags"]
    (address,) = network.describe_addresses(PublicIps=[before["Address"]])["Addresses"]
    assert {tag["ResourceId"] for tag in found} == {
        address["AllocationId"],
        before["Gateway"],
        before["Flow"],
    }
    assert network.describe_tags(Filters=[{"Name": "key", "Values": ["one"]}])["Tags"] == []


def test_a_composite_alarm_changes_in_place(stack: Stack) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html"""

    def resources(owner: str, rule: str) -> dict[str, Any]:
        child = {
            "AlarmName": "child",
            "Namespace": "Catalog",
            "MetricName": "Errors",
            "Statistic": "Sum",
            "Period": 60,
            "EvaluationPeriods": 1,
            "Threshold": 1,
            "ComparisonOperator": "GreaterThanThreshold",
        }
        both = {"AlarmName": "both", "AlarmRule": f"{rule}(child)", "Tags": tagged(owner)}
        return {
            "Child": {"Type": "AWS::CloudWatch::Alarm", "Properties": child},
            "Both": {
                "Type": "AWS::CloudWatch::CompositeAlarm",
                "DependsOn": "Child",
                "Properties": both,
            },
        }

    stack.create(resources("one", "ALARM"))
    assert stack.update(resources("two", "OK")) == "UPDATE_COMPLETE"
    alarms = client(stack.embedded, "cloudwatch")
    (found,) = alarms.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert (found["AlarmName"], found["AlarmRule"]) == ("both", "OK(child)")
    tags = alarms.list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    assert {"two"} <= {tag["Key"] for tag in tags} - {"one"}
