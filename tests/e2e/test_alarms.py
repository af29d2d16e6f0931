"""Alarms and dashboards on the embedded AWS, created from a template."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from catalog_platform.local.state import Embedded
from support import stacks
from support.embedded import ACCOUNT, REGION, ROLE, bundle, client, eventually, running

pytestmark = pytest.mark.e2e

CHILD = {
    "Namespace": "Any",
    "MetricName": "Any",
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 1,
    "EvaluationPeriods": 1,
    "Period": 60,
    "Statistic": "Sum",
}
ANY = 'ALARM("${One}") OR ALARM("${Other}")'
BOTH = 'ALARM("${One}") AND ALARM("${Other}")'

NAMED = {name: {"Ref": name} for name in ("All", "One", "Other")}
BODY = '{"widgets":[{"type":"alarm","properties":{"alarms":["${All.Arn}"]}}]}'


def resources(rule: str) -> dict[str, Any]:
    topic = [{"Ref": "Topic"}]
    wanted = {
        "Topic": ("AWS::SNS::Topic", {}),
        "One": ("AWS::CloudWatch::Alarm", CHILD),
        "Other": ("AWS::CloudWatch::Alarm", CHILD),
        "All": (
            "AWS::CloudWatch::CompositeAlarm",
            {
                "AlarmRule": {"Fn::Sub": rule},
                "AlarmActions": topic,
                "OKActions": topic,
            },
        ),
        "Board": (
            "AWS::CloudWatch::Dashboard",
            {
                "DashboardName": "board",
                "DashboardBody": {"Fn::Sub": BODY},
            },
        ),
    }
    return {
        name: {"Type": kind, "Properties": properties}
        for name, (kind, properties) in wanted.items()
    }


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        stacks.apply(found, "alarms", resources(ANY), NAMED)
        yield found


def name_of(embedded: Embedded, alarm: str) -> str:
    return stacks.output(embedded, "alarms", alarm)


def composites(embedded: Embedded) -> list[dict[str, Any]]:
    answer = client(embedded, "cloudwatch").describe_alarms(AlarmTypes=["CompositeAlarm"])
    found: list[dict[str, Any]] = answer["CompositeAlarms"]
    return found


def test_a_composite_alarm_fires_when_one_of_its_children_does(embedded: Embedded) -> None:
    watching = client(embedded, "cloudwatch")
    for name in ("One", "Other"):
        watching.set_alarm_state(
            AlarmName=name_of(embedded, name), StateValue="OK", StateReason="calm"
        )
    (composite,) = composites(embedded)
    assert composite["StateValue"] == "OK"
    watching.set_alarm_state(
        AlarmName=name_of(embedded, "Other"), StateValue="ALARM", StateReason="test"
    )
    (composite,) = composites(embedded)
    assert composite["StateValue"] == "ALARM"


def state(embedded: Embedded, name: str) -> str:
    (alarm,) = client(embedded, "cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])


def dimensions(**values: str) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def test_an_alarm_fires_for_its_own_dimensions_only(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html"""
    watching = client(embedded, "cloudwatch")
    depth = {"Namespace": "Shop", "MetricName": "Depth"}
    for name, place in {
        "full": dimensions(Queue="full"),
        "empty": dimensions(Queue="empty"),
        "none": [],
        "more": dimensions(Queue="full", Site="one"),
    }.items():
        watching.put_metric_alarm(AlarmName=name, **{**CHILD, **depth}, Dimensions=place)
    data = [
        {"MetricName": "Depth", "Value": value, "Dimensions": dimensions(Queue=queue)}
        for queue, value in (("full", 9.0), ("empty", 0.0))
    ]
    watching.put_metric_data(Namespace="Shop", MetricData=data)
    eventually(lambda: state(embedded, "full") == "ALARM")
    assert state(embedded, "empty") == "OK"
    assert state(embedded, "none") == state(embedded, "more") == "INSUFFICIENT_DATA"


def test_a_failing_function_fires_its_alarm_which_notifies_the_topic(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"""
    functions, queues = client(embedded, "lambda"), client(embedded, "sqs")
    functions.create_function(
        FunctionName="failing",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("def handle(event, context):\n    raise ValueError('no')\n")},
    )
    url = queues.create_queue(QueueName="notified")["QueueUrl"]
    topic = client(embedded, "sns").create_topic(Name="alarms")["TopicArn"]
    client(embedded, "sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:notified"
    )
    client(embedded, "cloudwatch").put_metric_alarm(
        AlarmName="errors",
        **{**CHILD, "Namespace": "AWS/Lambda", "MetricName": "Errors", "Threshold": 0},
        Dimensions=dimensions(FunctionName="failing"),
        AlarmActions=[topic],
    )
    functions.invoke(FunctionName="failing")
    eventually(lambda: state(embedded, "errors") == "ALARM")
    (message,) = queues.receive_message(QueueUrl=url, WaitTimeSeconds=5)["Messages"]
    notification = json.loads(json.loads(message["Body"])["Message"])
    assert (notification["AlarmName"], notification["NewStateValue"]) == ("errors", "ALARM")


def test_the_dashboard_holds_the_composite_alarms_arn(embedded: Embedded) -> None:
    body = client(embedded, "cloudwatch").get_dashboard(DashboardName="board")["DashboardBody"]
    (composite,) = composites(embedded)
    assert json.loads(body)["widgets"][0]["properties"]["alarms"] == [composite["AlarmArn"]]


def test_a_changed_composite_alarm_keeps_its_name(embedded: Embedded) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html"""
    before = name_of(embedded, "All")
    stacks.apply(embedded, "alarms", resources(BOTH), NAMED)
    (composite,) = composites(embedded)
    assert " AND " in composite["AlarmRule"]
    assert composite["AlarmName"] == name_of(embedded, "All") == before
