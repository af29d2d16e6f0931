"""Verdicts that depend on other resources of the stack, and on construct paths."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from support.manifests import ROOT
from support.policy_checks import good, violations

# The policies that are stricter for an environment.
STRICTER = (19, 20, 25, 26, 30, 56, 63, 70, 73, 74, 75)


@pytest.mark.parametrize("policy", STRICTER)
def test_an_environment_without_a_network_of_its_own_is_judged_as_one(
    policy: int, tmp_path: Path
) -> None:
    """A stack could import its network; a template can't choose to be judged less strictly."""
    template = json.loads((ROOT / f"tests/policies/CKV_CATALOG_{policy}/bad.json").read_text())
    for name, resource in [*template["Resources"].items()]:
        if resource["Type"] in ("AWS::EC2::VPC", "AWS::EC2::FlowLog"):
            del template["Resources"][name]
    assert violations(f"CKV_CATALOG_{policy}", template, tmp_path, is_environment=True)


@pytest.mark.parametrize(("query", "fails"), [("SET synchronous_commit TO off", True), ("", False)])
def test_a_proxy_sends_no_query_before_each_session(
    query: str, fails: bool, tmp_path: Path
) -> None:
    template = good(59)
    pool = {"ConnectionPoolConfigurationInfo": {"InitQuery": query}}
    template["Resources"]["Targets"] = {"Type": "AWS::RDS::DBProxyTargetGroup", "Properties": pool}
    found = violations("CKV_CATALOG_59", template, tmp_path)
    assert found == (
        {"Targets": ["Properties/ConnectionPoolConfigurationInfo/InitQuery"]} if fails else {}
    )


@pytest.mark.parametrize(
    ("section", "fails"), [("Processor", True), ("Reader", True), ("Replayer", False)]
)
def test_a_function_that_works_alone_needs_an_alarm_on_its_errors(
    section: str, fails: bool, tmp_path: Path
) -> None:
    template = good(53)
    template["Resources"]["Function"] = {
        "Type": "AWS::Lambda::Function",
        "Properties": {},
        "Metadata": {"aws:cdk:path": f"catalog-dev/{section}/Function/Resource"},
    }
    assert ("Function" in violations("CKV_CATALOG_53", template, tmp_path / "bare")) == fails
    metric = {
        "MetricName": "Errors",
        "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Function"}}],
    }
    query = {"Id": "part", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
    template["Resources"]["Errors"] = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {"Metrics": [{"Id": "share", "Expression": "part"}, query]},
    }
    assert violations("CKV_CATALOG_53", template, tmp_path / "watched") == {}


@pytest.mark.parametrize(
    ("path", "fails"), [("Network/Database1From0123456789abcdef0", False), ("Network/Other", True)]
)
def test_a_group_outside_of_the_stack_is_a_client_of_the_manifest(
    path: str, fails: bool, tmp_path: Path
) -> None:
    template = good(27)
    rule = template["Resources"]["Rule"]
    rule["Metadata"] = {"aws:cdk:path": f"catalog-dev/{path}"}
    rule["Properties"]["SourceSecurityGroupId"] = "sg-0123456789abcdef0"
    assert bool(violations("CKV_CATALOG_27", template, tmp_path)) == fails


def watched(expression: str | None, **alarm: Any) -> dict[str, Any]:
    """Return an alarm on the errors of the reader, whose metrics are in a list."""
    errors, calls = (
        {
            "Id": name.lower(),
            "ReturnData": expression is None and name == "Errors",
            "MetricStat": {
                "Metric": {
                    "MetricName": name,
                    "Namespace": "AWS/Lambda",
                    "Dimensions": [{"Name": "FunctionName", "Value": {"Ref": "Function"}}],
                },
                "Period": 60,
                "Stat": "Sum",
            },
        }
        for name in ("Errors", "Invocations")
    )
    query = [] if expression is None else [{"Id": "e", "Expression": expression}]
    properties = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": 5,
        "Metrics": [*query, errors, calls],
        **alarm,
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


FIRST = "Properties/Metrics/[0]"


@pytest.mark.parametrize(
    ("alarm", "paths"),
    [
        (watched(None), []),
        (watched(None, Threshold=1000000000), ["Properties/Threshold"]),
        (watched(None, ComparisonOperator="LessThanThreshold"), ["Properties/ComparisonOperator"]),
        (watched(None, EvaluationPeriods=10000), ["Properties/EvaluationPeriods"]),
        (watched("100 * errors / invocations"), []),
        (watched("100 * errors / invocations", Threshold=100), ["Properties/Threshold"]),
        (watched("errors", Threshold=1000000000), ["Properties/Threshold"]),
        (watched("0.001 * errors"), ["Properties/Threshold"]),
        (watched("100 * errors / 1000000000"), ["Properties/Threshold"]),
        (watched("errors - 1000000000"), [f"{FIRST}/Expression"]),
        (watched("SUM([errors, invocations])"), []),
        (watched("MIN([errors, invocations])"), [f"{FIRST}/Expression"]),
    ],
)
def test_an_alarm_with_a_list_of_metrics_fires_in_time_as_well(
    alarm: dict[str, Any], paths: list[str], tmp_path: Path
) -> None:
    template = good(58)
    template["Resources"]["Errors"] = alarm
    assert violations("CKV_CATALOG_58", template, tmp_path) == ({"Errors": paths} if paths else {})


@pytest.mark.parametrize(
    ("expression", "fails"),
    [
        (None, False),
        ("100 * errors / invocations", False),
        ("invocations", True),
        ("100 * invocations / errors", True),
    ],
)
def test_a_metric_that_an_alarm_does_not_evaluate_is_not_watched(
    expression: str | None, fails: bool, tmp_path: Path
) -> None:
    template = good(53)
    template["Resources"] |= {
        "Errors": watched(expression),
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {},
            "Metadata": {"aws:cdk:path": "catalog-dev/Reader/Function/Resource"},
        },
    }
    assert ("Function" in violations("CKV_CATALOG_53", template, tmp_path)) == fails
