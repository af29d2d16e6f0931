"""The reader function and its function URL."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_function_url_requires_iam_and_has_no_open_permission(
    template: Template,
) -> None:
    ((_, url),) = template.all_of("AWS::Lambda::Url").items()
    assert url["AuthType"] == "AWS_IAM"
    assert url["TargetFunctionArn"] == template.arn("Reader/Function")
    assert "Cors" not in url
    allowed = template.all_of("AWS::Lambda::Permission").values()
    assert template.arn("Reader/Function") not in [each["FunctionName"] for each in allowed]


def test_role_can_only_log_in_and_read(template: Template) -> None:
    actions = template.actions("Reader/ReadOnlyRole/DefaultPolicy") | template.actions(
        template.login_policy("Reader/ReadOnlyRole")
    )
    assert {action for action in actions if not action.startswith(("ec2:", "xray:"))} == {
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "rds-db:connect",
        "secretsmanager:GetSecretValue",
    }


def test_it_logs_in_as_the_reader(template: Template) -> None:
    variables = template.properties("Reader/Function")["Environment"]["Variables"]
    assert variables["DATABASE_USERNAME"] == "catalog_reader"
    assert variables["REPLICA_HOSTS"] == ""
    waits_for = template.resource("Reader/Function")["DependsOn"]
    assert template.logical_ids["Database/Schema/Migrations"] in waits_for


def test_it_knows_every_replica_and_may_log_in_there(maximal: Template) -> None:
    variables = maximal.properties("Reader/Function")["Environment"]["Variables"]
    replicas = [maximal.logical_ids[f"Database/Replica{number}"] for number in (1, 2)]
    hosts = [{"Fn::GetAtt": [replica, "Endpoint.Address"]} for replica in replicas]
    assert variables["REPLICA_HOSTS"] == {"Fn::Join": [",", hosts]}
    assert variables["DATABASE_HOST"] == {
        "Fn::GetAtt": [maximal.logical_ids["Database/Proxy/Proxy"], "Endpoint"]
    }
    users = [
        str(maximal.statements(path)[0]["Resource"])
        for path in maximal.login_policies("Reader/ReadOnlyRole")
    ]
    assert len(users) == 3
    assert all("/catalog_reader" in user for user in users)
    for replica in replicas:
        identity = {"Fn::GetAtt": [replica, "DbiResourceId"]}
        assert any(str(identity) in user for user in users)


def test_limits_follow_the_manifest(template: Template) -> None:
    function = template.properties("Reader/Function")
    assert (function["Timeout"], function["MemorySize"]) == (15, 512)
    assert function["ReservedConcurrentExecutions"] == 10
    variables = function["Environment"]["Variables"]
    assert variables["STOCK_FRESH_SECONDS"] == "300"
    assert variables["UNKNOWN_FRESH_SECONDS"] == "30"
    assert variables["PAGE_FRESH_SECONDS"] == "5"


def test_without_a_url_the_function_remains(tmp_path: Path) -> None:
    (template,) = templates_of(tmp_path, a_manifest(reader={"function_url": False}))
    assert template.has("Reader/Function")
    assert template.all_of("AWS::Lambda::Url") == {}
    assert "ReaderUrl" not in template.content["Outputs"]


def test_no_function_when_disabled(minimal: Template) -> None:
    assert not [path for path in minimal.logical_ids if path.startswith(("Reader", "Logs/Reader"))]
    assert "ReaderFunctionName" not in minimal.content["Outputs"]
